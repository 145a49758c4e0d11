/** Metrics of a result under the names and in the base units that Prometheus wants. */
import type { Metric, TestResult } from '../../result/run-result.ts'
import { type Family, type Labels, type Sample, sampleOf } from './family.ts'

const QUANTILES = [
  ['0.5', 'p50'],
  ['0.9', 'p90'],
  ['0.95', 'p95'],
  ['0.99', 'p99'],
  ['0.999', 'p999'],
] as const

/** Every metric of a test; a group's has the label `group`, a flow's step the label `step`. */
export function metricFamilies(test: TestResult): Family[] {
  return Object.entries(test.metrics).flatMap(([key, metric]) => {
    const [, name = '', group, step] =
      /^([a-z0-9_]+)(?:\{(?:group=(.*?))?(?:,?step=([\w.-]+))?\})?$/s.exec(key) ?? []
    if (name === '') return []
    const labels = {
      test: test.testType,
      ...(group === undefined ? {} : { group }),
      ...(step === undefined ? {} : { step }),
    }
    return familiesOf(name, metric, labels)
  })
}

function familiesOf(name: string, metric: Metric, labels: Labels): Family[] {
  switch (metric.type) {
    case 'trend':
      return trendFamilies(name, metric, labels)
    case 'counter':
      return counterFamilies(name, metric, labels)
    case 'ratio':
      return [
        {
          name: `stress_${name.replace(/_ratio$/, '')}_ratio`,
          type: 'gauge',
          unit: 'ratio',
          help: `${speak(name)}.`,
          samples: sampleOf(metric.value, labels),
        },
      ]
    case 'gauge':
      return [gaugeFamily(name, metric, labels)]
  }
}

function trendFamilies(name: string, trend: Extract<Metric, { type: 'trend' }>, labels: Labels): Family[] {
  if (trend.count === 0) return []
  const quantiles = QUANTILES.flatMap(([quantile, key]) =>
    sampleOf(toSeconds(trend[key]), { ...labels, quantile }),
  )
  const sumUs = trend.mean === null ? null : trend.mean * trend.count
  const about = `${speak(name)}, without the warm-up`
  return [
    {
      name: `stress_${name}_seconds`,
      type: 'summary',
      unit: 'seconds',
      help: `${about}; what was lost ranks above every sample.`,
      samples: [
        ...quantiles,
        ...sampleOf(trend.count, labels, '_count'),
        ...sampleOf(toSeconds(sumUs), labels, '_sum'),
      ],
    },
    {
      name: `stress_${name}_max_seconds`,
      type: 'gauge',
      unit: 'seconds',
      help: `${about}: the greatest.`,
      samples: sampleOf(toSeconds(trend.max), labels),
    },
  ]
}

function counterFamilies(
  name: string,
  { unit, count, rate }: Extract<Metric, { type: 'counter' }>,
  labels: Labels,
): Family[] {
  const ofBytes = unit === 'bytes'
  const base = ofBytes ? `stress_${name.replace(/^bytes_/, '')}` : `stress_${name}`
  return [
    {
      name: ofBytes ? `${base}_bytes` : base,
      type: 'counter',
      unit: ofBytes ? 'bytes' : '',
      help: `${speak(name)}, without the warm-up.`,
      samples: sampleOf(count, labels),
    },
    {
      name: `${base}_per_second${ofBytes ? '_bytes' : ''}`,
      type: 'gauge',
      unit: ofBytes ? 'bytes' : '',
      help: `${speak(name)} a second of the load phase.`,
      samples: sampleOf(rate, labels),
    },
  ]
}

function gaugeFamily(
  name: string,
  { unit, value }: Extract<Metric, { type: 'gauge' }>,
  labels: Labels,
): Family {
  const of = (suffix: Family['unit'], samples: Sample[], more = ''): Family => ({
    name: suffix === '' ? `stress_${name}` : `stress_${name.replace(/_ratio$/, '')}_${suffix}`,
    type: 'gauge',
    unit: suffix,
    help: `${speak(name)}${more}.`,
    samples,
  })
  switch (unit) {
    case 'us':
      return of('seconds', sampleOf(toSeconds(value), labels))
    case 'bytes':
      return of('bytes', sampleOf(value, labels))
    case 'percent':
      return of('ratio', sampleOf(value === null ? null : value / 100, labels), ', 1 is a whole core')
    case 'ratio':
      return of('ratio', sampleOf(value, labels))
    case 'count':
      return of('', sampleOf(value, labels))
  }
}

export function toSeconds(us: number | null): number | null {
  return us === null ? null : Number((us / 1e6).toPrecision(12))
}

/** `connect_time` → `Connect time`. */
function speak(name: string): string {
  const words = name.replaceAll('_', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
