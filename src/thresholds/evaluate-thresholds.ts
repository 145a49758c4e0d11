/** Holds thresholds against a result. */

import { kindOf, type TestKind } from '../result/headline.ts'
import { samplesNeeded } from '../result/histogram.ts'
import type { RunResult, TestResult, ThresholdResult } from '../result/run-result.ts'
import { choosePlans } from './check-threshold.ts'
import { formatAggregation, type Operator, parseThreshold, type Threshold } from './grammar.ts'
import { keyOf, type Reading, readFigure } from './read-figure.ts'
import { canProduce, factsOfView, mostSamples } from './test-facts.ts'

/**
 * One row for each expression and test it is held against: the named test, the headline test for the short form, else
 * every test whose plan can produce the metric (and fill the percentile). No value is `no-data`, which gates as failed;
 * a percentile among lost messages fails. The expressions have passed checkThreshold.
 * @throws Error on an expression that does not parse, or that needs a baseline (compare/)
 */
export function evaluateThresholds(
  result: Pick<RunResult, 'tests'>,
  expressions: readonly string[],
): ThresholdResult[] {
  return expressions.flatMap((expression) => {
    const parsed = parseThreshold(expression)
    if (!parsed.ok) throw new Error(`${expression}: ${parsed.mistake.problem}`)
    const { threshold } = parsed
    const held = choosePlans(threshold, result.tests).filter((test) => isHeld(threshold, test))
    if (held.length === 0)
      return [
        toRow(
          threshold,
          { testType: threshold.test ?? '', push: null },
          {
            value: null,
            note: 'the test did not run',
            isBeyond: false,
          },
        ),
      ]
    return held.map((test) => toRow(threshold, kindOf(test), readFigure(threshold, test)))
  })
}

/**
 * Of a run that goes on: a failed threshold that time alone may still mend, since its value only grows (a count) or has
 * messages and handshakes under way in its denominator. No reason to abort yet.
 */
export function mayStillHold({ value, limit, metric, aggregation }: ThresholdResult): boolean {
  if (value === null || value >= limit) return false
  return (
    aggregation === 'count' ||
    /^(reply_ratio|delivery_ratio|push_ratio|pong_ratio|connect_success)\b/.test(metric)
  )
}

/** Is a threshold about this test? */
export function isHeld(threshold: Threshold, test: TestResult): boolean {
  // A test that was named is held in any case: without the metric it has no data.
  if (threshold.test !== null || threshold.metric === null) return true
  if (threshold.group !== null && !test.plan.groups.some(({ name }) => name === threshold.group)) return false
  const facts = factsOfView(test.plan, threshold.group)
  if (!canProduce(threshold.metric, facts)) return false
  const { aggregation } = threshold
  if (aggregation.kind !== 'percentile') return true
  return mostSamples(threshold.metric, facts) >= samplesNeeded(aggregation.percentile)
}

function toRow(threshold: Threshold, kind: TestKind, { value, note, isBeyond }: Reading): ThresholdResult {
  const { expression, aggregation, limit, unit, op } = threshold
  const verdict = value === null ? (isBeyond ? 'fail' : 'no-data') : holds(value, op, limit) ? 'pass' : 'fail'
  const metric = keyOf(threshold, kind)
  return {
    expression,
    test: kind.testType,
    metric,
    aggregation: formatAggregation(aggregation),
    value,
    limit,
    unit,
    result: verdict,
    note,
  }
}

/** Is `value op limit` so? */
export function holds(value: number, op: Operator, limit: number): boolean {
  if (op === '<') return value < limit
  if (op === '<=') return value <= limit
  if (op === '>') return value > limit
  if (op === '>=') return value >= limit
  return op === '==' ? value === limit : value !== limit
}
