/** Percentiles one below the other with bars on a log axis: the shape of a tail at a glance. */
import { headlineTrend, kindOf } from '../result/headline.ts'
import { decodeHistogram, percentileUs } from '../result/histogram.ts'
import type { TestResult } from '../result/run-result.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { formatCount, formatDurationUs, formatPercentileUs } from './format.ts'
import type { Paint } from './paint.ts'
import { drawLogBar } from './sparkline.ts'
import { findTrend, isOpen, timeoutOf } from './test-figures.ts'

const STEPS = [50, 75, 90, 95, 99, 99.9, 99.99, 99.999]
const WIDEST_BAR = 60

interface Step {
  readonly name: string
  readonly us: number | null
  readonly text: string
}

/** Of the trend that the test is about, and with a rate the service time beside it. Empty without samples. */
export function ladderLines(test: TestResult, width: number, paint: Paint): string[] {
  const name = headlineTrend(kindOf(test))
  const steps = listSteps(test, name)
  const [first] = steps
  const known = steps.flatMap(({ us }) => (us === null ? [] : [us]))
  if (first === undefined || known.length === 0) return []
  const beside = isOpen(test) && name === 'response_time' ? listSteps(test, 'service_time') : []
  // What falls among lost messages took at least as long as they were waited for.
  const scale = { fromUs: decadeBelow(Math.min(...known)), toUs: Math.max(...known) }
  const room = Math.min(WIDEST_BAR, width - (beside.length > 0 ? 36 : 24))
  const rows = steps.map((step) => [
    step.name,
    step.text,
    step.us === null ? '█'.repeat(room) : drawLogBar(step.us, scale.fromUs, scale.toUs, room),
    ...(beside.length > 0 ? [beside.find(({ name: other }) => other === step.name)?.text ?? ''] : []),
  ])
  const columns = [
    words(test.testType),
    numbers(name.replaceAll('_', ' ').replace(' time', '')),
    words(`${formatDurationUs(scale.fromUs)} to ${formatDurationUs(scale.toUs)}, log`),
    ...(beside.length > 0 ? [numbers('service')] : []),
  ]
  return alignTable(columns, rows, paint.dim)
}

/** Percentiles that have samples beyond them, then the greatest. */
function listSteps(test: TestResult, name: string): Step[] {
  const trend = findTrend(test, name)
  const base64 = test.histograms[name] ?? ''
  if (trend === null || base64 === '') return []
  const histogram = decodeHistogram(base64)
  if (trend.max !== null) histogram.maxValue = trend.max
  const steps = STEPS.flatMap((percentile) => {
    const { valueUs, mark } = percentileUs(histogram, percentile, trend.lost)
    if (mark === 'none') return []
    return [
      {
        name: `P${percentile}`,
        us: valueUs,
        text: formatPercentileUs(valueUs, mark, timeoutOf(test, name)),
      },
    ]
  })
  const lost = trend.lost === 0 ? [] : [{ name: 'lost', us: null, text: formatCount(trend.lost) }]
  return [...steps, { name: 'max', us: trend.max, text: formatDurationUs(trend.max) }, ...lost]
}

/** The power of ten below: bars then begin at a round value. */
function decadeBelow(us: number): number {
  return us <= 1 ? 1 : 10 ** Math.floor(Math.log10(us) - 1e-9)
}
