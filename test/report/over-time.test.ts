import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overTimeLines } from '../../src/report/over-time.ts'
import { createPaint } from '../../src/report/paint.ts'
import type { Interval, TestResult } from '../../src/result/run-result.ts'
import { makeIntervals, makeThroughputTest } from '../support/sample-result.ts'

const draw = (intervals: readonly Interval[], width = 80, over: Partial<TestResult> = {}) =>
  overTimeLines({ ...makeThroughputTest(), intervals: [...intervals], ...over }, width, createPaint(false))
const seconds = (rates: readonly number[], over: Partial<Interval> = {}): Interval[] =>
  rates.map((received) => ({
    ...makeIntervals(1, 1, 400, 900)[0]!,
    phase: 'hold',
    received,
    p99Us: 900,
    ...over,
  }))

describe('the load over time', () => {
  it('has the least and the greatest of what it draws', () => {
    expect(draw(seconds([1000, 2000, 4000]))).toMatchInlineSnapshot(`
      [
        "throughput  over time, 1 s each   least  greatest",
        "msg/s       ▃▅█                   1,000     4,000",
        "P50         ███                  400 µs    400 µs",
        "P99         ███                  900 µs    900 µs",
        "max         ███                  1.8 ms    1.8 ms",
      ]
    `)
  })

  it('is of whole intervals of the load alone', () => {
    const others = [
      ...seconds([9], { phase: 'connect' }),
      ...seconds([9], { phase: 'warmup' }),
      ...seconds([9], { durationUs: 20_000 }),
    ]
    expect(draw([...others, ...seconds([1000, 2000, 4000])])).toEqual(draw(seconds([1000, 2000, 4000])))
    expect(draw([...others, ...seconds([1000, 2000])])).toEqual([])
  })

  it('puts neighbours together where there is no room: the mean of rates, the greatest P99', () => {
    const hour = seconds(Array.from({ length: 3600 }, (_, second) => (second < 1800 ? 100 : 300)))
    hour[10] = { ...hour[10]!, p99Us: 80_000 }
    const lines = draw(hour)
    expect(lines[0]).toContain('over time, 1 min 35 s each')
    expect(lines[1]).toMatch(/ 100 +300$/)
    expect(lines.find((line) => line.startsWith('P99'))).toMatch(/^P99 +█▁+ +900 µs +80.0 ms$/)
  })

  it('shows errors when there were any, and a blank where nothing was measured', () => {
    const [first, second, third] = seconds([10, 10, 10]) as [Interval, Interval, Interval]
    const lines = draw([first, { ...second, p99Us: null, errors: { 'no-reply': 3, reset: 1 } }, third])
    expect(lines.find((line) => line.startsWith('P99'))).toContain('█ █')
    expect(lines.find((line) => line.startsWith('errors'))).toMatch(/▁█▁ +0 +4$/)
  })

  it('leaves out what was never measured', () => {
    const lines = draw(seconds([10, 20, 30], { p50Us: null, p99Us: null, maxUs: null }))
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['throughput', 'msg/s'])
  })

  it('fits', () => {
    const rates = fc.array(fc.nat({ max: 1e9 }), { maxLength: 400 })
    fc.assert(
      fc.property(rates, fc.integer({ min: 60, max: 200 }), (some, width) => {
        for (const line of draw(seconds(some), width)) expect(line.length).toBeLessThanOrEqual(width)
      }),
    )
  })
})
