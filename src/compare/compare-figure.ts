/** One figure of one test over two sets of runs: the change, its interval, and what can be said. The run is the unit. */
import { median } from 'simple-statistics'
import type { ChangeFinding, FigureChange } from '../result/comparison-schema.ts'
import { formatAggregation } from '../thresholds/grammar.ts'
import type { Reading } from '../thresholds/read-figure.ts'
import { type Change, estimateChange, middleOf } from './estimate-change.ts'
import { type Figure, nameFigure } from './figures.ts'
import { rankSumProbabilities } from './rank-sum.ts'
import { countRunsNeeded } from './runs-needed.ts'

export interface Rules {
  /** Of the interval. */
  readonly level: number
  /** Changes within this share count as none. */
  readonly margin: number
  /** Of sets that were not made in turn, drift of the machine looks like change: there it has to be beyond the margin. */
  readonly order: 'alternating' | 'apart'
}

/** Percentage points that two shares may differ by and be the same: a share is 0 when all is well, so it has no ratio. */
export const SHARE_MARGIN = 0.001
/** Below this times are recorded to the microsecond, above it to three digits. */
const EXACT_UP_TO_US = 2048

export function compareFigure(
  figure: Figure,
  base: readonly Reading[],
  head: readonly Reading[],
  rules: Rules,
): FigureChange {
  const values = { base: base.map(({ value }) => value), head: head.map(({ value }) => value) }
  const isShare = figure.unit === 'ratio'
  const [before, after] = [values.base.filter(isNumber), values.head.filter(isNumber)]
  const isWhole = before.length === base.length && after.length === head.length
  const scale = isShare || [...before, ...after].some((value) => value <= 0) ? 'difference' : 'ratio'
  const change = isWhole ? measureChange(figure, before, after, scale, rules.level) : null
  const method = change?.method ?? 'ranks'
  const about = {
    metric: nameFigure(figure).replace(/:.*/, ''),
    aggregation: formatAggregation(figure.aggregation),
    unit: figure.unit,
    better: figure.better,
    base: before.length < base.length ? null : middleOf(before, method, scale),
    head: after.length < head.length ? null : middleOf(after, method, scale),
    baseValues: values.base,
    headValues: values.head,
    scale,
  } as const
  if (!isWhole) return { ...about, ...judgeMissing(base, head, figure, rules) }
  if (change === null) return { ...about, ...judgeSingle(before, after, scale) }
  return { ...about, ...judge(change, { before, after, figure, scale, rules }) }
}

/** The change as it is told: on a ratio's scale of logarithms, with the coarseness of what is recorded. */
export function measureChange(
  figure: Pick<Figure, 'unit' | 'aggregation'>,
  before: readonly number[],
  after: readonly number[],
  scale: 'ratio' | 'difference',
  level: number,
): Change | null {
  const convert = (value: number): number => (scale === 'ratio' ? Math.log(value) : value)
  const change = estimateChange(
    before.map(convert),
    after.map(convert),
    level,
    figure.unit === 'ratio' ? 'means' : 'any',
  )
  if (change === null) return null
  const step = stepOf(figure, median([...before, ...after]))
  const half = (scale === 'ratio' ? step.share : step.amount) / 2
  return { ...change, low: change.low - half, high: change.high + half }
}

interface Judged {
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly figure: Figure
  readonly scale: 'ratio' | 'difference'
  readonly rules: Rules
}
type Outcome = Pick<FigureChange, 'change' | 'low' | 'high' | 'method' | 'finding' | 'reason' | 'runsNeeded'>

function judge(change: Change, { before, after, figure, scale, rules }: Judged): Outcome {
  const { estimate, low, high, method } = change
  const margin = marginOf(figure, before, scale, rules)
  const zone = rules.order === 'apart' ? margin : 0
  const isWithin = low >= -margin && high <= margin
  const isBeyond = low > zone || high < -zone
  const isWorse = low > zone === (figure.better === 'lower')
  const finding: ChangeFinding = isWithin ? 'same' : !isBeyond ? 'cannot-tell' : isWorse ? 'worse' : 'better'
  const tell = (value: number): number => (scale === 'ratio' ? Math.expm1(value) : value)
  const outcome = { change: tell(estimate), low: tell(low), high: tell(high), method, finding }
  if (finding !== 'cannot-tell') return { ...outcome, reason: '', runsNeeded: null }
  // Enough is an interval that misses the zone of no change, or one that fits within the margin: whichever is nearer.
  const wanted = Math.max(Math.abs(estimate) - zone, margin - Math.abs(estimate))
  const sizes = { base: before.length, head: after.length }
  const reach = Math.max(high - estimate, estimate - low)
  const runsNeeded = countRunsNeeded(sizes, { reach, wanted, level: rules.level })
  const isDrift = low > 0 || high < 0
  const reason = isDrift
    ? 'not beyond the margin, in sets that were not made in turn'
    : 'the runs differ too much'
  return { ...outcome, reason, runsNeeded }
}

/** On the scale of the change, so for a ratio a logarithm: -margin and +margin swap when the sides do. */
function marginOf(
  { unit }: Figure,
  before: readonly number[],
  scale: 'ratio' | 'difference',
  { margin }: Rules,
): number {
  if (scale === 'ratio') return Math.log1p(margin)
  return unit === 'ratio' ? SHARE_MARGIN : margin * Math.abs(median([...before]))
}

/** One run a side has no spread, unless both say exactly the same (no errors, no errors). */
function judgeSingle(
  before: readonly number[],
  after: readonly number[],
  scale: 'ratio' | 'difference',
): Outcome {
  const [from, to] = [before[0]!, after[0]!]
  const change = scale === 'ratio' ? to / from - 1 : to - from
  if (from === 0 && to === 0)
    return { change: 0, low: 0, high: 0, method: 'none', finding: 'same', reason: '', runsNeeded: null }
  const reason = 'one run a side has no spread: 3 or more a side, or a baseline of several'
  return { change, low: null, high: null, method: 'none', finding: 'cannot-tell', reason, runsNeeded: 3 }
}

/** Runs without the value: when all of one side have it and none of the other, lost messages are the difference. */
function judgeMissing(
  base: readonly Reading[],
  head: readonly Reading[],
  { better }: Figure,
  { level }: Rules,
): Outcome {
  const none = { change: null, low: null, high: null, method: 'none', runsNeeded: null } as const
  const isBeyond = ({ value, isBeyond }: Reading): boolean => value === null && isBeyond
  const isThere = ({ value }: Reading): boolean => value !== null
  const isBroken = base.every(isThere) && head.every(isBeyond)
  const isMended = base.every(isBeyond) && head.every(isThere)
  const chance = 2 * rankSumProbabilities(base.length, head.length)[0]!
  if ((isBroken || isMended) && chance <= 1 - level) {
    const isWorse = isBroken === (better === 'lower')
    const side = isBroken ? 'new' : 'base'
    return {
      ...none,
      method: 'ranks',
      finding: isWorse ? 'worse' : 'better',
      reason: `among lost messages in every ${side} run`,
    }
  }
  const missing = [...base, ...head].filter(({ value }) => value === null)
  const reason = `${missing.length} of ${base.length + head.length} runs have no value (${missing[0]!.note})`
  return { ...none, finding: 'cannot-tell', reason }
}

/** What one step of the recorder means at this value; rates and means have none worth a word. */
function stepOf(
  { unit, aggregation }: Pick<Figure, 'unit' | 'aggregation'>,
  value: number,
): { amount: number; share: number } {
  const isRecorded = unit === 'us' && (aggregation.kind === 'percentile' || aggregation.kind === 'med')
  if (!isRecorded || value <= 0) return { amount: 0, share: 0 }
  const amount = value < EXACT_UP_TO_US ? 1 : value / (EXACT_UP_TO_US / 2)
  return { amount, share: amount / value }
}

function isNumber(value: number | null): value is number {
  return value !== null
}
