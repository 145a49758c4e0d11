/** A comparison with its thresholds. */
import type { Comparison } from '../result/comparison-schema.ts'
import type { ThresholdResult } from '../result/run-result.ts'
import type { NamedRun } from './comparable.ts'
import { type CompareOptions, compareRuns } from './compare-runs.ts'
import { figuresOf, judgeThresholds } from './judge-thresholds.ts'

export interface Judgement extends CompareOptions {
  /** Expressions that parse, with or without a sign. */
  readonly thresholds: readonly string[]
}

export interface Judged {
  readonly comparison: Comparison
  readonly thresholds: ThresholdResult[]
}

/** Both sides have at least one run. */
export function compareSides(
  base: readonly NamedRun[],
  head: readonly NamedRun[],
  { margin, figures, thresholds: expressions }: Judgement,
): Judged {
  const asked = [...figures, ...figuresOf(expressions, head[0]!.result.tests)]
  const comparison = compareRuns(base, head, { margin, figures: asked })
  return { comparison, thresholds: judgeThresholds(base, head, expressions, comparison) }
}
