/** What the server says by itself, over real sockets: how much of it came, and what a server that leaves some out is told. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { TestResult } from '../../src/result/run-result.ts'
import { startServer } from '../../src/servers/start.ts'
import { countOf, errorsOf, metricOf, runOne } from '../support/weather.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(name: string, options: Parameters<typeof startServer>[1] = {}) {
  const server = await startServer(name, { port: 0, intervalMs: 250, ...options })
  closing.push(() => server.close())
  return server
}

function pushesOf(test: TestResult) {
  return ['expected', 'received', 'missed'].map((name) => countOf(test, `pushes_${name}`))
}

/** Half-way between two pushes, so that none falls on the end. */
const LOAD = '--push-interval 250ms -c 20 -d 2625ms'

describe('every push that is due comes', () => {
  it.each(['notifications', 'feed', 'sse'])('%s: the first at once', async (name) => {
    const { url } = await serve(name)
    const test = await runOne(`${url} --dialect ${name} ${LOAD}`)
    const [expected = 0, received = 0, missed] = pushesOf(test)
    // Each stays open a little longer than the listening: 11 pushes, or 12.
    expect([expected! >= 220, expected! <= 240]).toEqual([true, true])
    expect(Math.abs(received! - expected!)).toBeLessThanOrEqual(20)
    expect([missed, test.errors]).toEqual([0, []])
    expect(metricOf(test, 'first_push_time')).toMatchObject({ count: 20 })
    expect(metricOf(test, 'push_interval')).toMatchObject({ count: received! - 20 })
    expect(countOf(test, 'messages_sent')).toBe(0)
  })

  it('heartbeat: the pushes are pings, and each is answered', async () => {
    const { url } = await serve('heartbeat')
    const test = await runOne(`${url} --dialect heartbeat ${LOAD}`)
    const [expected, received, missed] = pushesOf(test)
    expect([missed, Math.abs(received! - expected!) <= 20]).toEqual([0, true])
    expect(countOf(test, 'pongs_sent')).toBe(countOf(test, 'pings_received'))
    expect(countOf(test, 'pings_received')).toBe(received)
    expect(countOf(test, 'connections_closed')).toBe(0)
  })
})

it('a client that does not answer pings is found out by a heartbeat server, and that shows', async () => {
  const { url } = await serve('heartbeat', { pongLimit: 2 })
  const test = await runOne(`${url} --dialect heartbeat ${LOAD}`, {
    plan: (plan) => ({
      ...plan,
      groups: plan.groups.map((group) => ({ ...group, behaviour: { ...group.behaviour, pong: false } })),
    }),
  })
  expect([countOf(test, 'pongs_sent'), countOf(test, 'connections_closed')]).toEqual([0, 20])
  // As it was asked for: an end with its code, but no error.
  expect([errorsOf(test)['closed-without-close-frame 1006'], test.closeCodes]).toEqual([
    undefined,
    { 1006: 20 },
  ])
})

it('pushes that a server leaves out are missed', async () => {
  const { url, faults } = await serve('feed', { faults: { drop: 0.2 } })
  const test = await runOne(`${url} --dialect feed ${LOAD}`)
  const [, received, missed] = pushesOf(test)
  // A connection's last ones may be dropped after the listening has ended.
  expect(missed).toBeGreaterThan(0)
  expect(missed).toBeLessThanOrEqual(faults.dropped)
  expect(received).toBeLessThanOrEqual(faults.delivered)
  expect(errorsOf(test)).toEqual({ 'push-missed': missed })
})

it('an event stream that the server ends is opened again where it stopped, and the time without it is known', async () => {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    const last = request.headers['last-event-id'] as string | undefined
    asked.push(last)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const id = Number(last ?? 0) + 1
    response.write(`retry: 10\n: hello\n\nid: ${id}\ndata: Current time: then\n\n`)
    if (id <= 3) response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const test = await runOne(`http://127.0.0.1:${port}/events --dialect sse -c 1 -d 1`)
  expect(asked).toEqual([undefined, '1', '2', '3'])
  expect(metricOf(test, 'reconnect_time')).toMatchObject({ count: 3 })
  expect([countOf(test, 'reconnects'), countOf(test, 'keep_alives_received')]).toEqual([3, 4])
})

it('a stream that is refused is a failed connection with its status', async () => {
  const server = createServer((_request, response) => response.writeHead(503).end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => new Promise((resolve) => server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  const test = await runOne(`http://127.0.0.1:${port}/events --dialect sse -c 3 -d 1`)
  expect(test.status).toBe('failed')
  expect(errorsOf(test)).toEqual({ 'upgrade-status 503': 3 })
})
