import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderFrame } from '../../../src/report/live/frame.ts'
import { createPaint } from '../../../src/report/paint.ts'
import { type Progress, RECENT_INTERVALS } from '../../../src/result/progress.ts'
import { makeConnectProgress, makeOpenProgress, makeProgress } from './make-progress.ts'

const draw = (progress: Progress, columns = 80, rows = 24) =>
  renderFrame(progress, { columns, rows }, createPaint(false))

const LATE: Progress['validity'] = {
  state: 'generator-limited',
  limitedBy: 'generator',
  reasons: [
    {
      code: 'pacer-late',
      message: 'the generator sent late (pacer lag P99 10.9 ms, over 3.10 ms): free its cores',
      value: 10_900,
      limit: 3100,
    },
  ],
}

describe('the live view', () => {
  it('shows a load without a rate', () => {
    expect(draw(makeProgress())).toMatchInlineSnapshot(`
      [
        "",
        "throughput 1/3  hold  ███████████████░░░░░░░░░░  3 s of 5 s, ~22 s to go in all",
        "open       998 of 1,000   2 failed",
        "sent          38,400/s",
        "replies       38,400/s   ▅█   20,000 to 40,000",
        "response   now      P50   2.4 ms   P99   3.9 ms   max   8.8 ms   P99 █▅",
        "           so far   P50   2.5 ms   P99   4.1 ms",
        "server     CPU   99 %   57 MB",
        "generator  CPU   70 %   72 MB   busiest loop 61 % busy",
        "errors     2   refused 2",
        "validity   valid so far   limited by the server",
        "",
      ]
    `)
  })

  it('shows a load with a rate, its lag, and the cause when it is not valid', () => {
    expect(draw(makeOpenProgress({ validity: LATE }))).toMatchInlineSnapshot(`
      [
        "",
        "sustained 3/3  hold  ██████████████████████░░░░░░░░░░░░░░  3 s of 5 s, 2 s left",
        "open       998 of 1,000   2 failed",
        "sent          38,400/s",
        "replies       38,400/s   ▅█   20,000 to 40,000",
        "response   now      P50   2.4 ms   P99        –   max   8.8 ms   P99 █▅",
        "           so far   P50   2.5 ms   P99   4.1 ms",
        "pacer lag  P99   252 µs",
        "server     CPU   99 %   57 MB",
        "generator  CPU   70 %   72 MB   busiest loop 61 % busy",
        "errors     2   refused 2",
        "validity   generator-limited so far",
        "           the generator sent late (pacer lag P99 10.9 ms, over 3.10 ms)",
      ]
    `)
  })

  it('shows connecting, with a P99 among those that failed', () => {
    expect(draw(makeConnectProgress())).toMatchInlineSnapshot(`
      [
        "",
        "storm 2/3  connect  █████████████████░░░░░░░░░░░░░░░░░░░░░░░░░  41 %, ~2 s left",
        "open       400 of 1,000   12 failed   1,240/s",
        "sent               0/s",
        "replies            0/s",
        "connecting now      P50        –   P99        –   max        –",
        "           so far   P50   2.5 ms   P99   > 10 s",
        "server     CPU   99 %   57 MB",
        "generator  CPU   70 %   72 MB   busiest loop 61 % busy",
        "errors     12   refused 2",
        "validity   –",
        "",
      ]
    `)
  })

  it('shows nothing for what was not measured', () => {
    const nothing = makeProgress({
      testCount: 1,
      phase: 'drain',
      phaseDurationUs: null,
      phaseShare: null,
      phaseLeftUs: null,
      runLeftUs: null,
      receivedKind: 'pushes',
      isSending: false,
      latencyMetric: 'push_interval',
      currentP50Us: null,
      currentP99Us: null,
      currentMaxUs: null,
      p50Us: null,
      p50Mark: 'none',
      p99Us: null,
      p99Mark: 'none',
      recent: [],
      errors: 0,
      errorClasses: [],
      serverCpuPercent: null,
      serverRssBytes: null,
      generatorBusy: null,
      generatorCpuPercent: null,
      generatorRssBytes: null,
      validity: null,
    })
    expect(draw(nothing)).toMatchInlineSnapshot(`
      [
        "throughput  drain  3.1 s",
        "open       998 of 1,000   2 failed",
        "pushes        38,400/s",
        "interval   now      P50        –   P99        –   max        –",
        "           so far   P50        –   P99        –",
        "server     –",
        "generator  CPU      –   –",
        "errors     0",
        "validity   –",
        "",
      ]
    `)
  })

  it('shows neither messages nor their latency where clients only hold their connections', () => {
    const idle = makeProgress({ test: 'idle', receivedKind: null, isSending: false })
    expect(draw(idle).join('\n')).not.toMatch(/sent|replies|P99/)
    expect(draw({ ...idle, phase: 'connect', latencyMetric: 'connect_time' }).join('\n')).toContain('P99')
  })

  it('uses the room of a wide terminal for what was', () => {
    const recent = Array.from({ length: RECENT_INTERVALS }, (_, n) => ({
      receivedPerSec: 30_000 + 100 * n,
      p99Us: n < 60 ? 4000 : 2000,
    }))
    expect(draw(makeProgress({ recent }), 200)).toMatchInlineSnapshot(`
      [
        "",
        "throughput 1/3  hold  █████████████████████████████████████░░░░░░░░░░░░░░░░░░░░░░░  3 s of 5 s, ~22 s to go in all",
        "open       998 of 1,000   2 failed",
        "sent          38,400/s",
        "replies       38,400/s   ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇█████████████████████████████████████████████████████   30,000 to 41,900",
        "response   now      P50   2.4 ms   P99   3.9 ms   max   8.8 ms   P99 ████████████████████████████████████████████████████████████▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅",
        "           so far   P50   2.5 ms   P99   4.1 ms",
        "server     CPU   99 %   57 MB",
        "generator  CPU   70 %   72 MB   busiest loop 61 % busy",
        "errors     2   refused 2",
        "validity   valid so far   limited by the server",
        "",
      ]
    `)
    expect(draw(makeProgress({ recent }), 80)[3]).toMatchInlineSnapshot(`"sent          38,400/s"`)
  })

  it('leaves parts out on a narrow terminal', () => {
    expect(draw(makeOpenProgress(), 50)).toMatchInlineSnapshot(`
      [
        "",
        "sustained 3/3  hold  █████████░░░░░░░  3 s of 5 s",
        "open       998 of 1,000  2 failed",
        "sent          38,400/s",
        "replies       38,400/s  █",
        "response   now  P50 2.4 ms  P99 –  max 8.8 ms",
        "           so far  P50 2.5 ms  P99 4.1 ms",
        "pacer lag  P99 252 µs",
        "server     CPU   99 %  57 MB",
        "generator  CPU   70 %  72 MB",
        "errors     2  refused 2",
        "validity   valid so far  limited by the server",
        "",
      ]
    `)
    expect(draw(makeOpenProgress(), 28)).toMatchInlineSnapshot(`
      [
        "",
        "sustained 3/3  hold  3 s o…",
        "open 998 of 1,000 2 failed",
        "sent 38,400/s",
        "replies 38,400/s █",
        "response now P50 2.4 ms",
        "so far P50 2.5 ms",
        "pacer lag P99 252 µs",
        "server CPU   99 % 57 MB",
        "generator CPU   70 % 72 MB",
        "errors 2 refused 2",
        "validity valid so far",
        "",
      ]
    `)
  })

  it('leaves lines out on a low terminal, the head last', () => {
    expect(draw(makeOpenProgress(), 80, 7)).toMatchInlineSnapshot(`
      [
        "sustained 3/3  hold  ██████████████████████░░░░░░░░░░░░░░  3 s of 5 s, 2 s left",
        "open       998 of 1,000   2 failed",
        "replies       38,400/s   ▅█   20,000 to 40,000",
        "           so far   P50   2.5 ms   P99   4.1 ms",
        "errors     2   refused 2",
        "validity   valid so far   limited by the server",
      ]
    `)
    expect(draw(makeOpenProgress(), 80, 2)).toHaveLength(1)
    expect(draw(makeOpenProgress(), 80, 1)).toHaveLength(1)
  })

  it('names the most frequent classes of errors, and how many more there are', () => {
    const errorClasses = ['no-reply', 'refused', 'reset', 'not-open', 'tls', 'dns'].map((name, index) => ({
      class: name,
      count: 600 - 100 * index,
    }))
    const find = (lines: string[]) => lines.find((line) => line.startsWith('errors'))
    expect(find(draw(makeProgress({ errors: 2100, errorClasses }), 120))).toMatchInlineSnapshot(
      `"errors     2,100   no-reply 600   refused 500   reset 400   not-open 300   and 2 more kinds"`,
    )
    expect(find(draw(makeProgress({ errors: 2100, errorClasses }), 60))).toMatchInlineSnapshot(
      `"errors     2,100  no-reply 600  refused 500  reset 400"`,
    )
  })

  it('keeps its height from the first second to the last, whatever becomes known', () => {
    const early = makeOpenProgress({
      recent: [],
      p99Us: null,
      validity: null,
      pacerLagP99Us: null,
      errors: 0,
    })
    const late = makeOpenProgress({ validity: LATE })
    expect(draw(early)).toHaveLength(draw(late).length)
  })
})

const count = fc.oneof(fc.nat(), fc.constant(0), fc.double({ min: 0, max: 1e12, noNaN: true }))
const maybe = fc.option(count)
const anyProgress: fc.Arbitrary<Progress> = fc.record({
  test: fc.constantFrom('throughput', 'storm', 'sustained', 'broadcast', 'push'),
  testNumber: fc.constantFrom(1, 2, 3),
  testCount: fc.constantFrom(1, 3),
  phase: fc.constantFrom('connect', 'warmup', 'hold', 'drain'),
  phaseElapsedUs: count,
  phaseDurationUs: maybe,
  phaseShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  phaseLeftUs: maybe,
  runLeftUs: maybe,
  connectionsTotal: fc.nat(),
  connectionsOpen: fc.nat(),
  connectionsFailed: fc.nat(),
  openedPerSec: count,
  sentPerSec: count,
  receivedPerSec: count,
  receivedKind: fc.constantFrom('replies', 'deliveries', 'pushes', 'pongs', null),
  isSending: fc.boolean(),
  latencyMetric: fc.constantFrom(
    'connect_time',
    'response_time',
    'delivery_time',
    'push_interval',
    'ping_time',
  ),
  latencyTimeoutUs: count,
  currentP50Us: maybe,
  currentP99Us: maybe,
  currentMaxUs: maybe,
  p50Us: maybe,
  p50Mark: fc.constantFrom('ok', 'few', 'none', 'timeout'),
  p99Us: maybe,
  p99Mark: fc.constantFrom('ok', 'few', 'none', 'timeout'),
  pacerLagP99Us: maybe,
  isOpen: fc.boolean(),
  recent: fc.array(fc.record({ receivedPerSec: count, p99Us: maybe }), { maxLength: RECENT_INTERVALS }),
  errors: fc.nat(),
  errorClasses: fc.array(
    fc.record({ class: fc.constantFrom('refused', 'no-reply', 'tls'), count: fc.nat() }),
  ),
  serverCpuPercent: maybe,
  serverRssBytes: maybe,
  generatorBusy: maybe,
  generatorCpuPercent: maybe,
  generatorRssBytes: maybe,
  validity: fc.constantFrom(null, LATE, makeProgress().validity),
})

describe('whatever is shown', () => {
  it('is narrower and lower than the terminal, in colour as without', () => {
    const size = fc.record({
      columns: fc.integer({ min: 1, max: 220 }),
      rows: fc.integer({ min: 1, max: 60 }),
    })
    fc.assert(
      fc.property(anyProgress, size, (progress, { columns, rows }) => {
        const plain = renderFrame(progress, { columns, rows }, createPaint(false))
        const painted = renderFrame(progress, { columns, rows }, createPaint(true))
        expect(painted.map(stripVTControlCharacters).map((line) => line.trimEnd())).toEqual(
          plain.map((line) => line.trimEnd()),
        )
        expect(Math.max(...plain.map((line) => line.length))).toBeLessThanOrEqual(Math.max(1, columns - 1))
        expect(plain.length).toBeLessThanOrEqual(Math.max(1, rows - 1))
        expect(plain.join('')).not.toMatch(/NaN|undefined|Infinity|null/)
      }),
      { numRuns: 500 },
    )
  })
})
