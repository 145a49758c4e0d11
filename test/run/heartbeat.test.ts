/** Heartbeats over real sockets, against servers whose fault is known, and each fault found with its size. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import type { Finding, TestResult } from '../../src/result/run-result.ts'
import { type RunningServer, type StartOptions, startServer } from '../../src/servers/start.ts'
import { countOf, metricOf, runOne } from '../support/weather.ts'

let server: RunningServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

const INTERVAL_US = 250_000
/** 20 that ping, 20 that only answer, 10 silent. */
const LOAD = '--test-type heartbeat -c 50 -d 2125ms --ping-interval 200ms'

/** Of 20 clients each 200 ms, spread over the 200 ms: 212.5 in the time. */
const PINGS = 213

async function test(options: StartOptions = {}): Promise<TestResult> {
  server = await startServer('heartbeat', { port: 0, intervalMs: INTERVAL_US / 1000, ...options })
  return runOne(`${server.url} ${LOAD}`)
}

function verdicts({ findings }: TestResult): Record<string, string> {
  return Object.fromEntries(findings.map(({ code, verdict }) => [code, verdict]))
}

function find({ findings }: TestResult, code: string): Finding {
  const found = findings.find((one) => one.code === code)
  if (found === undefined) throw new Error(`no finding '${code}'`)
  return found
}

describe('a server that drops who misses three pongs', () => {
  it('is found to, and that all others stay', async () => {
    const result = await test({ pongLimit: 3 })
    expect(server!.faults.pongDropped).toBe(10)
    expect(metricOf(result, 'missed_pongs')).toMatchObject({ value: 3 })
    const unanswered = find(result, 'unanswered-pings')
    expect(unanswered.verdict).toBe('good')
    expect(unanswered.message).toMatch(/^clients that answer no ping were dropped after 3 missed pongs \(/)
    // Three intervals after the first ping; a server's timers may be late.
    expect(unanswered.low).toBeGreaterThan(2.5 * INTERVAL_US)
    expect(unanswered.high).toBeLessThan(6 * INTERVAL_US)
    // Not since the connection was open: the first ping came an interval later.
    const lifetimes = metricOf(result, 'connection_lifetime{group=silent}')
    expect(lifetimes.type === 'trend' && lifetimes.min! - unanswered.low!).toBeGreaterThan(0.5 * INTERVAL_US)
    expect(find(result, 'answering-connections').message).toMatch(
      /^all 40 connections that answer pings stayed/,
    )
    expect(countOf(result, 'connections_closed{group=silent}')).toBe(10)
    expect(result.errors).toEqual([])
    expect(metricOf(result, 'error_ratio')).toMatchObject({ value: 0 })
    expect(result.closeCodes).toEqual({ 1006: 10 })
  })

  it('and its pings come at their interval', async () => {
    const result = await test({ pongLimit: 3 })
    const pings = find(result, 'server-pings')
    expect(Math.abs(pings.value! - INTERVAL_US)).toBeLessThan(0.2 * INTERVAL_US)
    expect(countOf(result, 'pongs_sent{group=idle}')).toBe(countOf(result, 'pings_received{group=idle}'))
    expect(countOf(result, 'pongs_sent{group=silent}')).toBe(0)
  })
})

describe('ours', () => {
  it('are sent on schedule by the group that pings, and each is answered', async () => {
    const result = await test()
    expect(countOf(result, 'pings_sent')).toBe(PINGS)
    expect(countOf(result, 'pongs_received')).toBe(PINGS)
    expect(countOf(result, 'pings_sent{group=pinging}')).toBe(PINGS)
    expect(verdicts(result)['ping-answers']).toBe('good')
  })

  it('that a server does not answer are lost', async () => {
    const mute = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false })
    await once(mute, 'listening')
    const { port } = mute.address() as AddressInfo
    const result = await runOne(`ws://127.0.0.1:${port} ${LOAD} --timeout 300ms`)
    mute.close()
    for (const socket of mute.clients) socket.terminate()
    expect([countOf(result, 'pongs_received'), countOf(result, 'pings_lost')]).toEqual([0, PINGS])
    expect(find(result, 'ping-answers')).toMatchObject({
      verdict: 'bad',
      message: 'all 213 pings got no pong within 0.30 s',
    })
    expect(verdicts(result)).toMatchObject({ 'server-pings': 'unknown', 'unanswered-pings': 'unknown' })
    expect(result.errors).toMatchObject([{ class: 'no-pong', count: PINGS }])
  })
})

it('a server that keeps who answers no ping is found to', async () => {
  const result = await test({ pongLimit: 1000 })
  expect(find(result, 'unanswered-pings')).toMatchObject({ verdict: 'bad', value: null })
  expect(find(result, 'unanswered-pings').message).toMatch(/were kept for all of 2\.\d s, 8 pongs missed$/)
  expect(countOf(result, 'connections_closed')).toBe(0)
})

it('an idle timeout hits who only answers too rarely, and nobody who pings', async () => {
  server = await startServer('echo', { port: 0, faults: { idleTimeoutMs: 1000 } })
  const result = await runOne(`${server.url} ${LOAD} --dialect echo`)
  expect(server.faults.idleDropped).toBe(30)
  expect(verdicts(result)).toMatchObject({ 'pinging-connections': 'good', 'idle-connections': 'bad' })
  const { value } = find(result, 'idle-connections')
  expect(value).toBeGreaterThan(800_000)
  expect(value).toBeLessThan(1_800_000)
})

describe('the shares', () => {
  it.each([
    ['-c 50', { pinging: 20, idle: 20, silent: 10 }],
    ['-c 3', { pinging: 1, idle: 1, silent: 1 }],
    ['-c 1', { pinging: 1 }],
    ['-c 10 --silent-share 0%', { pinging: 5, idle: 5 }],
    ['-c 10 --silent-share 100%', { silent: 10 }],
  ])('%s', async (line, groups) => {
    server = await startServer('heartbeat', { port: 0 })
    const { plan } = await runOne(`${server.url} --test-type heartbeat -d 100ms ${line}`)
    expect(Object.fromEntries(plan.groups.map(({ name, connections }) => [name, connections]))).toEqual(
      groups,
    )
  })
})
