import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LivePage } from '../../../src/report/openmetrics/live-page.ts'
import type { Interval } from '../../../src/result/run-result.ts'
import { makeFailedGate, makeIntervals, makeResult, makeStormTest } from '../../support/sample-result.ts'

const GATE = makeFailedGate()
const TEST = GATE.tests[0]!
const [SECOND] = makeIntervals(1, 2_000, 300, 900) as [Interval]

function intervalOf(over: Partial<Interval>): Interval {
  return { ...SECOND, phase: 'hold', ...over }
}

/** Samples by their whole name. */
function read(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  )
}

const hold = { test: 'sustained', soFar: null }

describe('LivePage', () => {
  it('is empty before anything is known', () => {
    expect(new LivePage().render('prometheus')).toBe('')
    expect(new LivePage().render('openmetrics')).toBe('# EOF\n')
  })

  it('shows the last second as it was, and all seconds added up, by phase', () => {
    const page = new LivePage()
    page.addReading({ ...hold, interval: intervalOf({ phase: 'warmup', sent: 10, received: 9 }) })
    page.addReading({ ...hold, interval: intervalOf({ sent: 100, received: 90, durationUs: 500_000 }) })
    page.addReading({ ...hold, interval: intervalOf({ sent: 200, received: 180, durationUs: 500_000 }) })
    const samples = read(page.render('prometheus'))
    expect(samples.get('stress_now_sent_per_second{test="sustained"}')).toBe(400)
    expect(samples.get('stress_now_phase{test="sustained",state="hold"}')).toBe(1)
    expect(samples.get('stress_now_phase{test="sustained",state="warmup"}')).toBe(0)
    expect(samples.get('stress_now_latency_p99_seconds{test="sustained"}')).toBe(0.0009)
    expect(samples.get('stress_traffic_sent_total{test="sustained",phase="hold"}')).toBe(300)
    expect(samples.get('stress_traffic_received_total{test="sustained",phase="warmup"}')).toBe(9)
  })

  it('leaves out what was not measured', () => {
    const page = new LivePage()
    page.addReading({ ...hold, interval: intervalOf({ p99Us: null, serverRssBytes: null }) })
    const text = page.render('prometheus')
    expect(text).not.toContain('latency_p99')
    expect(text).not.toContain('server_rss')
  })

  it('has the figures of the load and its validity so far, but not how it ends', () => {
    const page = new LivePage()
    page.addReading({ test: 'sustained', interval: SECOND, soFar: () => ({ ...GATE, status: 'aborted' }) })
    const samples = read(page.render('prometheus'))
    expect(samples.get('stress_response_time_seconds{test="sustained",quantile="0.5"}')).toBe(0.000302)
    expect(samples.get('stress_validity{test="sustained",state="valid"}')).toBe(1)
    expect([...samples.keys()].filter((name) => /status|exit_code|threshold/.test(name))).toEqual([])
  })

  it('keeps the figures of the load while connections drain', () => {
    const page = new LivePage()
    page.addReading({ test: 'sustained', interval: SECOND, soFar: () => GATE })
    page.addReading({ ...hold, interval: intervalOf({ phase: 'drain' }) })
    expect(page.render('prometheus')).toContain('stress_response_time_seconds_count{test="sustained"} 1960\n')
  })

  it('keeps a test that has ended beside the one that runs', () => {
    const page = new LivePage()
    page.addReading({ ...hold, interval: SECOND })
    page.endTest(TEST, GATE)
    page.addReading({ ...hold, test: 'storm', interval: intervalOf({ phase: 'connect' }) })
    const samples = read(page.render('prometheus'))
    expect(samples.get('stress_test_status{test="sustained",state="completed"}')).toBe(1)
    expect(samples.get('stress_now_phase{test="storm",state="connect"}')).toBe(1)
    expect([...samples.keys()].filter((name) => /now_.*sustained/.test(name))).toEqual([])
  })

  it('makes nothing before it is read', () => {
    const page = new LivePage()
    let made = 0
    const soFar = () => {
      made++
      return GATE
    }
    for (let second = 0; second < 100; second++)
      page.addReading({ test: 'sustained', interval: SECOND, soFar })
    page.endTest(TEST, GATE)
    expect(made).toBe(0)
  })

  it('counts errors so far, and at the end those that came after the last interval', () => {
    const page = new LivePage()
    page.addReading({ ...hold, interval: intervalOf({ errors: { 'no-reply': 30, reset: 1 } }) })
    const name = (of: string) => `stress_errors_total{test="sustained",class="${of}"}`
    expect(read(page.render('prometheus')).get(name('no-reply'))).toBe(30)
    page.endTest(TEST, GATE)
    const samples = read(page.render('prometheus'))
    expect([
      samples.get(name('no-reply')),
      samples.get(name('close-code')),
      samples.get(name('reset')),
    ]).toEqual([38, 2, 1])
  })

  it('never has a counter go back, whatever comes', () => {
    const storm = makeStormTest()
    const errors = fc.dictionary(fc.constantFrom('no-reply', 'reset', 'close-code'), fc.nat(50))
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('second' as const),
        sent: fc.nat(1000),
        errors,
        phase: fc.constantFrom('connect' as const, 'warmup' as const, 'hold' as const, 'drain' as const),
        connectionsFailed: fc.nat(100),
      }),
      fc.constant({ kind: 'end' as const }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const page = new LivePage()
        let before = new Map<string, number>()
        for (const one of steps) {
          if (one.kind === 'end') page.endTest(TEST, makeResult([TEST, storm]))
          else page.addReading({ ...hold, interval: intervalOf(one) })
          const samples = read(page.render('prometheus'))
          for (const [name, value] of before) {
            if (name.includes('_total')) expect(samples.get(name)).toBeGreaterThanOrEqual(value)
          }
          before = samples
        }
      }),
      { numRuns: 50 },
    )
  })
})
