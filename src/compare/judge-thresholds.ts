/**
 * Holds thresholds against two sets of runs. A limit with a sign is held against the change: `p99<+10%`. A change that
 * cannot be told from none counts as none, so that the noise of the runs fails no gate; where that noise could hide twice
 * the limit there is no data, which fails, so that a gate that sees nothing does not pass. A limit without a sign is held
 * against the middle of the new runs.
 */
import { kindOf, type TestKind } from '../result/headline.ts'
import type { TestResult, ThresholdResult } from '../result/run-result.ts'
import { choosePlans } from '../thresholds/check-threshold.ts'
import { holds, isHeld } from '../thresholds/evaluate-thresholds.ts'
import { formatAggregation, metricOf, parseThreshold, type Threshold } from '../thresholds/grammar.ts'
import { keyOf, type Reading, readFigure } from '../thresholds/read-figure.ts'
import type { NamedRun } from './comparable.ts'
import { measureChange, type Rules } from './compare-figure.ts'
import { middleOf } from './estimate-change.ts'
import { type Figure, makeFigure } from './figures.ts'
import { countRunsNeeded } from './runs-needed.ts'

/** So many limits, or margins, may fit between a change and the end of its interval. */
const MOST_REACH = 2

/** The expressions have been parsed before. @throws Error on one that does not parse */
export function judgeThresholds(
  base: readonly NamedRun[],
  head: readonly NamedRun[],
  expressions: readonly string[],
  rules: Rules,
): ThresholdResult[] {
  return expressions.flatMap((expression) => {
    const threshold = parse(expression)
    const tests = listHeld(threshold, head[0]!.result.tests)
    if (tests.length === 0) {
      const nothing = { value: null, result: 'no-data', note: 'the test did not run' } as const
      return [toRow(threshold, { testType: threshold.test ?? '', push: null }, nothing)]
    }
    return tests.map((test) => {
      const read = ({ result }: NamedRun): Reading => {
        const own = result.tests.find(({ testType }) => testType === test.testType)
        return own === undefined
          ? { value: null, note: 'the test did not run', isBeyond: false }
          : readFigure(threshold, own)
      }
      const verdict =
        threshold.relative === null
          ? judgeFixed(threshold, head.map(read))
          : judgeChange(threshold, base.map(read), head.map(read), rules)
      return toRow(threshold, kindOf(test), verdict)
    })
  })
}

/** The figures that these thresholds are about, to be shown with the others. */
export function figuresOf(
  expressions: readonly string[],
  tests: readonly TestResult[],
): { test: string; figure: Figure }[] {
  return expressions.map(parse).flatMap((threshold) =>
    listHeld(threshold, tests).map((test) => {
      const metric = metricOf(threshold, kindOf(test))
      return { test: test.testType, figure: makeFigure({ ...threshold, metric }) }
    }),
  )
}

function parse(expression: string): Threshold {
  const parsed = parseThreshold(expression, true)
  if (!parsed.ok) throw new Error(`${expression}: ${parsed.mistake.problem}`)
  return parsed.threshold
}

function listHeld(threshold: Threshold, tests: readonly TestResult[]): TestResult[] {
  return choosePlans(threshold, tests).filter((test) => isHeld(threshold, test))
}

type Verdict = Pick<ThresholdResult, 'value' | 'result' | 'note'>

function judgeFixed({ op, limit, unit }: Threshold, head: readonly Reading[]): Verdict {
  const missing = head.find(({ value }) => value === null)
  if (missing !== undefined) return judgeMissing(missing)
  const value = middleOf(
    head.map((reading) => reading.value!),
    unit === 'ratio' ? 'means' : 'ranks',
    'difference',
  )
  const note = head.length > 1 ? `middle of ${head.length} runs` : ''
  return { value, result: holds(value, op, limit) ? 'pass' : 'fail', note }
}

function judgeChange(
  threshold: Threshold,
  base: readonly Reading[],
  head: readonly Reading[],
  rules: Rules,
): Verdict {
  const { op, limit, relative, unit } = threshold
  const missing = head.find(({ value }) => value === null)
  if (missing !== undefined) return judgeMissing(missing)
  const lacking = base.find(({ value }) => value === null)
  if (lacking !== undefined) return { value: null, result: 'no-data', note: `the baseline: ${lacking.note}` }
  const [before, after] = [base, head].map((side) => side.map(({ value }) => value!)) as [number[], number[]]
  const centre = middleOf(before, unit === 'ratio' ? 'means' : 'ranks', 'difference')
  const isRatio = relative === 'share' && [...before, ...after].every((value) => value > 0)
  if (relative === 'share' && !isRatio) {
    const isNothing = [...before, ...after].every((value) => value === 0)
    return isNothing
      ? { value: 0, result: holds(0, op, limit) ? 'pass' : 'fail', note: 'nothing in any run' }
      : { value: null, result: 'no-data', note: 'of 0 there is no share: give an amount, such as +1' }
  }
  const change = measureChange(threshold, before, after, isRatio ? 'ratio' : 'difference', rules.level)
  if (change === null) {
    // With nothing on both sides there is nothing to be told.
    if (before[0] === 0 && after[0] === 0)
      return { value: 0, result: holds(0, op, limit) ? 'pass' : 'fail', note: '' }
    return {
      value: null,
      result: 'no-data',
      note: 'one run a side has no spread: a baseline of several runs',
    }
  }
  const tell = (value: number): number => (isRatio ? Math.expm1(value) : value)
  const [value, low, high] = [tell(change.estimate), tell(change.low), tell(change.high)]
  const reach = Math.max(high - value, value - low)
  const most =
    MOST_REACH * Math.max(Math.abs(limit), isRatio ? rules.margin : rules.margin * Math.abs(centre))
  if (reach > most && reach > 0) {
    const wanted = isRatio ? Math.log1p(most) : most
    const needed = countRunsNeeded(
      { base: before.length, head: after.length },
      {
        reach: Math.max(change.high - change.estimate, change.estimate - change.low),
        wanted,
        level: rules.level,
      },
    )
    const advice = needed === null ? '' : `: about ${needed} runs a side`
    return { value, result: 'no-data', note: `too noisy for this limit${advice}` }
  }
  const isTold = low > 0 || high < 0
  const result = holds(isTold ? value : 0, op, limit) ? 'pass' : 'fail'
  return { value, result, note: isTold || holds(value, op, limit) ? '' : 'within the noise of the runs' }
}

/** Among lost messages it is beyond anything that was measured; a value that is not there for another reason is no data. */
function judgeMissing({ isBeyond, note }: Reading): Verdict {
  return { value: null, result: isBeyond ? 'fail' : 'no-data', note }
}

function toRow(threshold: Threshold, kind: TestKind, verdict: Verdict): ThresholdResult {
  const { expression, aggregation, limit, relative, unit } = threshold
  return {
    expression,
    test: kind.testType,
    metric: keyOf(threshold, kind),
    aggregation: formatAggregation(aggregation),
    limit,
    unit: relative === null ? unit : relative === 'share' ? 'change' : `change in ${unit}`,
    ...verdict,
  }
}
