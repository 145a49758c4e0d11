import { describe, expect, it } from 'vitest'
import { COUNTERS, TRENDS } from '../../src/record/series.ts'
import { specialOf } from '../../src/result/special-metrics.ts'
import { METRICS } from '../../src/thresholds/metric-catalog.ts'

describe('the metrics that a threshold may name', () => {
  // When the connections opened: kept for the open_* gauges, not a metric of its own.
  it.each(TRENDS.filter((name) => name !== 'open_at'))('have the trend %s that a shard records', (name) => {
    expect(METRICS.get(name)).toMatchObject({ type: 'trend', unit: 'us' })
  })

  it('need of a plan what a result needs to have them', () => {
    for (const [name, { needs }] of METRICS) {
      const special = specialOf(name)
      if (special !== undefined) expect([name, needs]).toEqual([name, special])
    }
  })

  it.each(COUNTERS)('have the counter %s that a shard records', (name) => {
    expect(METRICS.get(name)).toMatchObject({
      type: 'counter',
      unit: name.startsWith('bytes') ? 'bytes' : 'count',
    })
  })
})
