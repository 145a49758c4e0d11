import { describe, expect, it } from 'vitest'
import { COUNTERS, HIDDEN_TRENDS, TRENDS } from '../../src/record/series.ts'
import { specialOf } from '../../src/result/special-metrics.ts'
import { METRICS } from '../../src/thresholds/metric-catalog.ts'

describe('the metrics that a threshold may name', () => {
  it.each(TRENDS.filter((name) => !HIDDEN_TRENDS.has(name)))(
    'have the trend %s that a shard records',
    (name) => {
      expect(METRICS.get(name)).toMatchObject({ type: 'trend', unit: 'us' })
    },
  )

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
