/** Everybody is cut and comes back, over real sockets: when, how often they tried, and what they missed. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import type { TestResult } from '../../src/result/run-result.ts'
import { type RunningServer, type StartOptions, startServer } from '../../src/servers/start.ts'
import { countOf, errorsOf, metricOf, runOne } from '../support/weather.ts'

let server: RunningServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

const CLIENTS = 30

async function test(options: string, faults: NonNullable<StartOptions['faults']> = {}): Promise<TestResult> {
  server = await startServer('echo', { port: 0, faults })
  return runOne(`${server.url} --test-type reconnect -c ${CLIENTS} --message-rate 10 ${options}`)
}

function gaugeOf(result: TestResult, name: string): number | null {
  const metric = metricOf(result, name)
  return metric.type === 'gauge' || metric.type === 'ratio' ? metric.value : Number.NaN
}

function returnsOf(result: TestResult, group = ''): (number | null)[] {
  const names = [
    'reconnects_due',
    'reconnect_attempts',
    'reconnects_failed',
    'reconnects',
    'reconnects_given_up',
  ]
  return names.map((name) => countOf(result, `${name}${group}`))
}

describe('cut by us', () => {
  it('all are back after the wait of their policy, and what they missed is known', async () => {
    const result = await test('--reconnect fixed:300ms --cut-after 500ms -d 2')
    expect(returnsOf(result)).toEqual([CLIENTS, CLIENTS, 0, CLIENTS, 0])
    expect([countOf(result, 'connections_cut'), countOf(result, 'connections_closed')]).toEqual([CLIENTS, 0])
    const times = metricOf(result, 'reconnect_time')
    expect(times).toMatchObject({ type: 'trend', count: CLIENTS, lost: 0 })
    if (times.type !== 'trend') return
    expect(times.min).toBeGreaterThanOrEqual(300_000)
    expect(times.max).toBeLessThan(1_400_000)
    const all = gaugeOf(result, 'recovered_100')!
    expect([all >= 300_000, gaugeOf(result, 'recovered_50')! <= all]).toEqual([true, true])
    // 30 clients × 10/s × 0.3 s, and what was under way.
    const missed = countOf(result, 'messages_unsent_closed')! + countOf(result, 'messages_lost')!
    expect(missed).toBeGreaterThanOrEqual(60)
    expect(countOf(result, 'messages_due')).toBe(CLIENTS * 20)
    expect(result.findings).toMatchObject([{ code: 'recovery', verdict: 'good', value: all }])
    expect([result.status, gaugeOf(result, 'return_ratio')]).toEqual(['completed', 1])
  })

  it('two policies side by side: jitter spreads what comes at once', async () => {
    const result = await test(
      '--reconnect exponential:600ms --jitter none --jitter full --cut-after 500ms -d 3',
    )
    expect(result.plan.groups.map(({ name }) => name)).toEqual([
      'exponential-600ms',
      'exponential-600ms-full',
    ])
    const [none, full] = ['{group=exponential-600ms}', '{group=exponential-600ms-full}']
    for (const group of [none, full]) expect(returnsOf(result, group)).toEqual([15, 15, 0, 15, 0])
    expect(gaugeOf(result, `recovered_50${none}`)).toBeGreaterThanOrEqual(600_000)
    expect(gaugeOf(result, `recovered_50${full}`)).toBeLessThan(gaugeOf(result, `recovered_50${none}`)!)
    expect(gaugeOf(result, `reconnect_peak${full}`)).toBeLessThan(gaugeOf(result, `reconnect_peak${none}`)!)
    expect(result.findings.map(({ verdict }) => verdict)).toEqual(['good', 'good'])
  })

  it('what was sent on opening is sent again', async () => {
    const hellos: string[] = []
    const listener = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    listener.on('connection', (socket) =>
      socket.on('message', (data) => {
        const text = data.toString()
        if (text.startsWith('hello')) hellos.push(text)
        else socket.send(text)
      }),
    )
    await once(listener, 'listening')
    const url = `ws://127.0.0.1:${(listener.address() as AddressInfo).port}`
    const result = await runOne(
      `${url} --test-type reconnect -c 3 --on-open hello-{client} --reconnect now --cut-after 200ms -d 1`,
    )
    listener.close()
    expect(returnsOf(result)).toEqual([3, 3, 0, 3, 0])
    expect(hellos.sort()).toEqual(['hello-0', 'hello-0', 'hello-1', 'hello-1', 'hello-2', 'hello-2'])
  })
})

describe('cut by the server', () => {
  it('that lets nobody in for a second: all are back at the first retry after that', async () => {
    const result = await test('--cut watch --reconnect exponential:200ms -d 4', {
      cutAfterMs: 500,
      refuseMs: 1000,
    })
    expect(server!.faults.cut).toBe(CLIENTS)
    const [due, attempts, failed, back, givenUp] = returnsOf(result)
    expect([due, back, givenUp]).toEqual([CLIENTS, CLIENTS, 0])
    // After 0.2, 0.6 and 1.4 s; what fails late on a busy machine may leave one out.
    expect(failed).toBe(attempts! - CLIENTS)
    expect(failed).toBeGreaterThanOrEqual(CLIENTS)
    expect(failed).toBeLessThanOrEqual(2 * CLIENTS)
    expect(result.closeCodes).toEqual({ 1006: CLIENTS })
    expect(errorsOf(result)['refused ECONNREFUSED']).toBeGreaterThan(0)
    expect(gaugeOf(result, 'recovered_100')).toBeGreaterThanOrEqual(1_000_000)
    expect(gaugeOf(result, 'recovered_100')).toBeLessThan(2_500_000)
    expect(result.status).toBe('completed')
    // Who is back is no error: only what was due meanwhile.
    const missed = countOf(result, 'messages_unsent')! + countOf(result, 'messages_lost')!
    expect(metricOf(result, 'error_ratio')).toMatchObject({ numerator: missed })
  })

  it('that is gone for good: they give up after so many retries, and the run has failed', async () => {
    const result = await test('--cut watch --reconnect fixed:50ms --max-retries 3 -d 1500ms', {
      cutAfterMs: 300,
      refuseMs: 60_000,
    })
    expect(returnsOf(result)).toEqual([CLIENTS, 3 * CLIENTS, 3 * CLIENTS, 0, CLIENTS])
    expect(result.findings).toMatchObject([
      { verdict: 'bad', value: null, message: 'all 30 never came back: they gave up after 3 retries' },
    ])
    expect(result.status).toBe('failed')
    expect(metricOf(result, 'reconnect_time')).toMatchObject({ count: 0, lost: CLIENTS })
  })

  it('that never cuts: nothing can be said', async () => {
    const result = await test('--cut watch -d 500ms')
    expect(returnsOf(result)).toEqual([0, 0, 0, 0, 0])
    expect(result.findings).toMatchObject([{ verdict: 'unknown' }])
    expect(gaugeOf(result, 'recovered_50')).toBe(null)
  })
})

it('who still waits for the next retry when the test ends was not back', async () => {
  const result = await test('--reconnect fixed:20s --cut-after 200ms -d 600ms')
  expect(returnsOf(result)).toEqual([CLIENTS, 0, 0, 0, 0])
  expect(result.findings).toMatchObject([{ verdict: 'unknown' }])
  expect(result.findings[0]!.message).toMatch(/not back when the test ended: give it a longer --duration$/)
})

it('an audience is held in silence, and comes back', async () => {
  server = await startServer('rooms', { port: 0 })
  const result = await runOne(
    `${server.url} --test-type reconnect --dialect rooms -c 5 --reconnect now --cut-after 200ms -d 800ms`,
  )
  expect([returnsOf(result), countOf(result, 'messages_sent')]).toEqual([[5, 5, 0, 5, 0], 0])
  expect(countOf(result, 'messages_unexpected')).toBe(0)
})
