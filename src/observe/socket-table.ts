/** Linux's tables of TCP sockets, /proc/net/tcp and tcp6: how many already lead to an address. */
import { closeSync, openSync, readSync } from 'node:fs'

/** Where connections go. A null address: every one with that port (a name that has not been looked up). */
export interface Destination {
  /** An IP address as people write it. */
  readonly address: string | null
  readonly port: number
}

/** Sockets whose far end is one of the destinations; each takes one local port. */
export interface SocketCount {
  readonly inUse: number
  /** Closed here less than a minute ago; the kernel keeps their ports. */
  readonly timeWait: number
}

const TIME_WAIT = '06'
/** A table of some 200,000 sockets: beyond, what was counted so far is a lower bound, and says enough. */
const MOST_BYTES = 32 * 1024 * 1024
const CHUNK_BYTES = 1024 * 1024

/** Counts both tables; zero where there is no /proc. */
export function countSockets(destinations: readonly Destination[]): SocketCount {
  let [inUse, timeWait] = [0, 0]
  if (destinations.length === 0) return { inUse, timeWait }
  for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const lines of readLines(path)) {
      const found = parseSocketTable(lines, destinations)
      inUse += found.inUse
      timeWait += found.timeWait
    }
  }
  return { inUse, timeWait }
}

/** Lines of /proc/net/tcp or tcp6, the heading or not. One that listens has no far end: port 0. */
export function parseSocketTable(text: string, destinations: readonly Destination[]): SocketCount {
  const ends = new Set(destinations.flatMap(({ address, port }) => writeEnds(address, port)))
  let [inUse, timeWait] = [0, 0]
  for (const [, address, port, state] of text.matchAll(
    /^ *\d+: [\dA-F]+:[\dA-F]{4} ([\dA-F]+):([\dA-F]{4}) ([\dA-F]{2}) /gm,
  )) {
    if (!ends.has(`:${port}`) && !ends.has(`${address}:${port}`)) continue
    if (state === TIME_WAIT) timeWait++
    else inUse++
  }
  return { inUse, timeWait }
}

/** A far end as the tables write it: each 32-bit word of the address in the byte order of the machine (little-endian). */
function writeEnds(address: string | null, port: number): string[] {
  const portHex = port.toString(16).toUpperCase().padStart(4, '0')
  if (address === null) return [`:${portHex}`]
  if (!address.includes(':')) {
    const words = address.split('.').map((part) => toHex(Number(part), 2))
    const word = words.reverse().join('')
    // tcp6 has IPv4 addresses as ::ffff:a.b.c.d.
    return [`${word}:${portHex}`, `0000000000000000FFFF0000${word}:${portHex}`]
  }
  const words = expandIpv6(address).map((group) => toHex(group, 4))
  const bytes = words.join('').match(/../g) ?? []
  const swapped = Array.from({ length: 4 }, (_, word) => bytes.slice(word * 4, word * 4 + 4).reverse())
  return [`${swapped.flat().join('')}:${portHex}`]
}

function expandIpv6(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const before = toGroups(head)
  const after = tail === undefined ? [] : toGroups(tail)
  return [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after]
}

function toGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

function toHex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0')
}

/** Whole lines of a file, some thousand at a time. */
function* readLines(path: string): Generator<string> {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return
  }
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES)
    let rest = ''
    for (let total = 0; total < MOST_BYTES; ) {
      const length = readSync(file, buffer)
      if (length === 0) break
      total += length
      const text = rest + buffer.toString('latin1', 0, length)
      const end = text.lastIndexOf('\n') + 1
      yield text.slice(0, end)
      rest = text.slice(end)
    }
  } finally {
    closeSync(file)
  }
}
