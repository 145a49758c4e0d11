/** What idle, heartbeat and reconnect tests find, from recordings written by hand; and that their reports fit. */
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/plan/plan.ts'
import { renderReport } from '../../src/report/table.ts'
import type { TestResult } from '../../src/result/run-result.ts'
import { resolve } from '../plan/resolve.ts'
import { makeResult } from '../support/sample-result.ts'
import { deriveFrom, MOMENTS, type Recorded } from './measure.ts'

const planOf = (...options: string[]): Plan => resolve(...options).plan.tests[0]!
const repeat = (count: number, us: number): number[] => Array.from({ length: count }, () => us)
const said = ({ findings }: TestResult): string[] =>
  findings.map(({ verdict, message }) => `${verdict}: ${message}`)
const SECOND = 1_000_000
const HELD = { phases: { connectUs: 1000, warmupUs: null, holdUs: 90 * SECOND, drainUs: 10 } }

function expectFits(test: TestResult): void {
  const options = { width: 80, color: false, verbosity: 'default', streamed: false, written: [] } as const
  const lines = stripVTControlCharacters(renderReport(makeResult([test]), options))
    .trimEnd()
    .split('\n')
  expect(lines.length).toBeLessThanOrEqual(14)
  expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80)
  for (const { message } of test.findings) expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(message)
}

describe('idle', () => {
  const plan = planOf('--test-type', 'idle', '-c', '600')
  const open: Recorded = { connections_attempted: 600, connections_opened: 600 }
  const derive = (recorded: Recorded, change = {}) =>
    deriveFrom(plan, [{ ...open, ...recorded }], { ...HELD, ...change })

  it('all stay, and what each costs is told', () => {
    const server = { ...MOMENTS, idle: 50e6, connected: 62e6 }
    const test = derive({}, { server, serverVisible: true })
    expect(said(test)).toEqual([
      'good: all 600 idle connections stayed open for 90 s',
      'good: a connection costs the server 20 kB of memory and no CPU time that could be told',
    ])
    expectFits(test)
  })

  it('a timeout over a minute is found to the second, and the times are exact', () => {
    const lifetimes = repeat(600, 75.012 * SECOND)
    const test = derive({ connections_closed: 600, connection_lifetime: lifetimes })
    expect(said(test)).toEqual(['bad: all 600 idle connections were dropped after 75 s'])
    expect(test.metrics.connection_lifetime).toMatchObject({ min: 75_012_000, max: 75_012_000, clamped: 0 })
    // A histogram holds a minute.
    expect(test.histograms.connection_lifetime).toBe(undefined)
    expectFits(test)
  })

  it('most, and at all times', () => {
    const most = [...repeat(50, 60.02 * SECOND), 3 * SECOND, 9 * SECOND]
    expect(said(derive({ connections_closed: 52, connection_lifetime: most }))).toEqual([
      'bad: 52 of 600 idle connections were dropped, most of them (50) after 60 s',
    ])
    const spread = [1, 8, 20, 31].map((seconds) => seconds * SECOND)
    expect(said(derive({ connections_closed: 4, connection_lifetime: spread }))).toEqual([
      'bad: 4 of 600 idle connections were dropped after 1.0 s to 31 s',
    ])
  })

  it('none could be opened', () => {
    expect(said(derive({ connections_opened: 0, connections_failed: 600 }))).toEqual([
      'unknown: no idle connections could be held',
    ])
  })
})

describe('heartbeat', () => {
  const plan = planOf('--test-type', 'heartbeat', '-c', '10')
  const pinging: Recorded = {
    connections_attempted: 4,
    connections_opened: 4,
    pings_sent: 20,
    pongs_received: 20,
    ping_time: repeat(20, 400),
  }
  const idle: Recorded = {
    connections_attempted: 4,
    connections_opened: 4,
    pings_received: 12,
    pongs_sent: 12,
    push_interval: repeat(8, 30 * SECOND),
  }
  const silent: Recorded = { connections_attempted: 2, connections_opened: 2, pings_received: 6 }
  const derive = (changes: { pinging?: Recorded; idle?: Recorded; silent?: Recorded } = {}) =>
    deriveFrom(
      plan,
      [
        { ...pinging, ...changes.pinging },
        { ...idle, ...changes.idle },
        { ...silent, ...changes.silent },
      ],
      HELD,
    )
  const DROPPED: Recorded = {
    connections_closed: 2,
    connection_lifetime: repeat(2, 91 * SECOND),
    drop_time: repeat(2, 61 * SECOND),
    pongs_missed: [2, 2],
  }

  it('all is well', () => {
    const test = derive({ silent: DROPPED })
    expect(said(test)).toEqual([
      'good: all 20 pings were answered, 99 % of them within 0.4 ms',
      'good: the server pings every 30 s, 99 % of the time within 30 ms of that',
      'good: all 8 connections that answer pings stayed open for 90 s',
      'good: clients that answer no ping were dropped after 2 missed pongs (61 s)',
    ])
    expect(test.metrics.missed_pongs).toMatchObject({ value: 2 })
    expect(test.metrics.error_ratio).toMatchObject({ value: 0 })
    expectFits(test)
  })

  it.each<[string, Recorded, string]>([
    ['kept', {}, 'bad: clients that answer no ping were kept for all of 90 s, 3 pongs missed'],
    [
      'kept, but not held for long',
      { pings_received: 2 },
      'unknown: clients that answer no ping were kept for all of 90 s, 1 pong missed: hold them longer to tell',
    ],
    [
      'never pinged',
      { pings_received: 0 },
      'unknown: what becomes of clients that answer no ping is not known: the server sent them none in 90 s',
    ],
    [
      'one of them dropped',
      { ...DROPPED, connections_closed: 1, drop_time: [61 * SECOND], pongs_missed: [2] },
      'bad: 1 of 2 clients that answer no ping were dropped after 2 missed pongs (61 s)',
    ],
  ])('silent clients %s', (_, recorded, finding) => {
    expect(said(derive({ silent: recorded })).at(-1)).toBe(finding)
  })

  it('who answers is dropped as well, so that it is not the missing pong', () => {
    const alike: Recorded = { connections_closed: 4, connection_lifetime: repeat(4, 60 * SECOND) }
    const test = derive({ idle: alike, silent: DROPPED })
    expect(said(test).slice(2)).toEqual([
      'good: all 4 connections that ping stayed open for 90 s',
      'bad: all 4 connections that only answer were dropped after 60 s',
      'unknown: clients that answer no ping were dropped after 2 missed pongs (61 s), but so were those that answer',
    ])
    expectFits(test)
  })

  it('pings that come when they like', () => {
    const intervals = [...repeat(50, 20 * SECOND), ...repeat(50, 40 * SECOND)]
    expect(said(derive({ idle: { push_interval: intervals } }))[1]).toBe(
      'bad: the server pings irregularly: 20 s to 40 s apart, usually 20 s',
    )
  })
})

describe('reconnect', () => {
  const plan = planOf('--test-type', 'reconnect', '-c', '10')
  const lost: Recorded = {
    connections_attempted: 10,
    connections_opened: 10,
    connections_cut: 10,
    reconnects_due: 10,
  }
  const back: Recorded = {
    ...lost,
    reconnects: 10,
    reconnect_attempts: 10,
    reconnect_time: repeat(10, 1.1 * SECOND),
    back_at: repeat(10, 1.2 * SECOND),
    reconnect_at: [...repeat(7, 6 * SECOND), ...repeat(3, 6.1 * SECOND)],
  }

  it('all are back, at a peak', () => {
    const test = deriveFrom(plan, [back], HELD)
    expect(said(test)).toEqual(['good: all 10 were back 1.2 s after the cut, at up to 70 connects/s'])
    expect(test.metrics.error_ratio).toMatchObject({ numerator: 0 })
    expectFits(test)
  })

  it('some gave up, others still tried', () => {
    const some: Recorded = { ...back, reconnects: 4, back_at: repeat(4, 1.2 * SECOND) }
    const gaveUp = deriveFrom(plan, [{ ...some, reconnects_given_up: 6 }], HELD)
    expect(said(gaveUp)).toEqual(['bad: 6 of 10 never came back: they gave up after 5 retries'])
    expect(gaveUp.metrics).toMatchObject({ recovered_50: { value: null }, error_ratio: { numerator: 6 } })
    expect(said(deriveFrom(plan, [some], HELD))).toEqual([
      'unknown: 6 of 10 were not back when the test ended: give it a longer --duration',
    ])
  })
})
