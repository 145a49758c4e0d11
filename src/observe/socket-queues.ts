/** What the kernel holds for the connections to an address: Linux's tables of TCP sockets, /proc/net/tcp and tcp6. */
import { readFileSync } from 'node:fs'

export interface SocketQueues {
  /** The ends that connect: established, and bytes that came and were not read. */
  readonly ours: { readonly established: number; readonly unreadBytes: number }
  /** The ends that serve, when they are on this machine: established, and bytes sent that were not acknowledged. */
  readonly theirs: { readonly established: number; readonly unsentBytes: number }
}

const ESTABLISHED = '01'

/** Null where there is no such table. */
export function readSocketQueues(port: number): SocketQueues | null {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => {
    try {
      return [readFileSync(path, 'latin1')]
    } catch {
      return []
    }
  })
  return tables.length === 0 ? null : parseSocketQueues(tables.join('\n'), port)
}

/** Lines of the tables, headings or not. */
export function parseSocketQueues(text: string, port: number): SocketQueues {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  const ours = { established: 0, unreadBytes: 0 }
  const theirs = { established: 0, unsentBytes: 0 }
  const row = /^ *\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) ([\dA-F]{2}) ([\dA-F]{8}):([\dA-F]{8}) /gm
  for (const [, local, remote, state, queued, unread] of text.matchAll(row)) {
    if (remote === wanted) {
      if (state === ESTABLISHED) ours.established++
      ours.unreadBytes += Number.parseInt(unread!, 16)
    } else if (local === wanted && state === ESTABLISHED) {
      theirs.established++
      theirs.unsentBytes += Number.parseInt(queued!, 16)
    }
  }
  return { ours, theirs }
}
