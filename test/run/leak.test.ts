/** Cycles over real sockets: who leaves how, and what is seen of the server. How much it keeps is another test's matter. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { TestResult } from '../../src/result/run-result.ts'
import { countOf, metricOf, runOne } from '../support/weather.ts'

const CLIENTS = 5
const CYCLES = 3

interface Seen {
  readonly server: Server
  readonly url: string
  /** Close codes as the server saw them, in the order in which they came. */
  readonly codes: number[]
  readonly open: Set<WebSocket>
}

let seen: Seen | null = null
afterEach(() => {
  for (const socket of seen?.open ?? []) socket.terminate()
  seen?.server.closeAllConnections()
  seen?.server.close()
  seen = null
})

/** An echo server that tells its count of connections; `miscount`: by how much it is off with each that has left. */
async function start(miscount = 0): Promise<Seen> {
  const codes: number[] = []
  const open = new Set<WebSocket>()
  let gone = 0
  const server = createServer((_, response) => {
    response.end(JSON.stringify({ now: { connections: open.size + gone * miscount } }))
  })
  new WebSocketServer({ server }).on('connection', (socket) => {
    open.add(socket)
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    socket.on('error', () => {})
    socket.on('close', (code) => {
      codes.push(code)
      open.delete(socket)
      gone++
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  seen = { server, url: `127.0.0.1:${(server.address() as AddressInfo).port}`, codes, open }
  return seen
}

function test(url: string, options: string): Promise<TestResult> {
  return runOne(`ws://${url} --test-type leak -c ${CLIENTS} --cycles ${CYCLES} ${options}`)
}

const countingAt = (url: string) => `--count-url http://${url}/stats --count-path /now/connections`
const findingOf = ({ findings }: TestResult, wanted: string) => findings.find(({ code }) => code === wanted)

describe('how clients leave', () => {
  it('cleanly, by reset, and not at all: one after the other, as often each', async () => {
    const { url, codes } = await start()
    const result = await test(url, `--leave clean --leave reset --leave silent ${countingAt(url)}`)
    const all = CLIENTS * CYCLES
    // Those in silence are open until the test ends, by a reset.
    expect(codes.slice(0, 2 * all)).toEqual([...Array(all).fill(1000), ...Array(all).fill(1006)])
    const rows = result.cycles.map(({ cycle, leave, connections, silent, openConnected, countAfter }) =>
      [cycle, leave, connections, silent, openConnected, countAfter].join(' '),
    )
    expect(rows).toEqual([
      '0  0 0  0',
      ...['clean', 'reset'].flatMap((leave, kind) =>
        Array.from({ length: CYCLES }, (_, at) => {
          const cycle = kind * CYCLES + at + 1
          return `${cycle} ${leave} ${cycle * CLIENTS} 0 ${CLIENTS} 0`
        }),
      ),
      '7 silent 35 5 5 5',
      '8 silent 40 10 10 10',
      '9 silent 45 15 15 15',
    ])
    expect(
      ['connections_opened', 'connections_closed', 'messages_received'].map((name) => countOf(result, name)),
    ).toEqual([45, 0, 45])
    expect([result.status, result.errors]).toEqual(['completed', []])
    expect(result.validity.state).toBe('valid')
    expect(findingOf(result, 'connection-count')).toMatchObject({ verdict: 'good', value: 0 })
    expect(metricOf(result, 'connections_miscounted')).toMatchObject({ value: 0 })
  })

  it('a message each, or as many as are asked for', async () => {
    const { url } = await start()
    const result = await test(url, '--leave clean --messages 4')
    expect(countOf(result, 'messages_received')).toBe(4 * CLIENTS * CYCLES)
  })
})

describe("the server's own count", () => {
  it('that forgets who has left is found', async () => {
    const { url } = await start(1)
    const result = await test(url, `--leave clean ${countingAt(url)}`)
    expect(findingOf(result, 'connection-count')).toMatchObject({ verdict: 'bad', value: CLIENTS * CYCLES })
  }, 20_000)

  it('that cannot be read is said, and no count is made up', async () => {
    const { url } = await start()
    const count = `--count-url http://user:secret@${url}/stats --count-path /elsewhere`
    const result = await test(url, `--leave clean ${count}`)
    const [warning] = result.warnings.filter(({ code }) => code === 'count-unreadable')
    expect(warning?.message).toMatch(/cannot be read: there is no whole number at '\/elsewhere'$/)
    expect(JSON.stringify(result)).not.toContain('secret')
    expect(result.cycles.map(({ countAfter }) => countAfter)).toEqual([null, null, null, null])
    expect(metricOf(result, 'connections_miscounted')).toMatchObject({ value: null })
    expect(findingOf(result, 'connection-count')).toBe(undefined)
  })
})

it('what the server holds is seen after each cycle, where it can be seen', async () => {
  const { url } = await start()
  // The server is in this process.
  const result = await test(url, `--leave reset --server-pid ${process.pid}`)
  const isVisible = result.cycles.map(({ serverRssBytes, serverThreads }) => [
    serverRssBytes !== null && serverRssBytes > 1e6,
    serverThreads !== null && serverThreads > 1,
  ])
  expect(isVisible).toEqual(
    Array(CYCLES + 1).fill([process.platform === 'linux', process.platform === 'linux']),
  )
})

it('interrupted, it has the cycles that there were', async () => {
  const { url, open } = await start()
  const interrupt = new AbortController()
  const result = await runOne(`ws://${url} --test-type leak -c 3 --cycles 500 --leave silent`, {
    options: {
      signal: interrupt.signal,
      onProgress: () => (open.size >= 6 ? interrupt.abort() : undefined),
      progressEveryMs: 20,
    },
  })
  expect(result.status).toBe('aborted')
  expect(result.cycles.length).toBeGreaterThanOrEqual(2)
  expect(result.cycles.length).toBeLessThan(500)
})
