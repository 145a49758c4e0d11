/** What a comparison of two sets of runs found, as `stress compare` writes it and a run with a baseline keeps it. */
import { z } from 'zod'
import type { ThresholdResult } from './run-result.ts'

const nullableNumber = z.number().nullable()
const note = z.object({ code: z.string(), message: z.string() })

/**
 * `same`: the whole interval lies within the margin. `better`, `worse`: it lies on one side of no change, and not within the
 * margin. `cannot-tell`: neither; `reason` says why and `runsNeeded` how many runs a side would probably do.
 */
const changeFinding = z.enum(['better', 'same', 'worse', 'cannot-tell'])
/** What is to be said of a change. */
export type ChangeFinding = z.infer<typeof changeFinding>

const figureChange = z.object({
  metric: z.string(),
  /** As in a threshold: `p(99)`, `rate`, `value`. */
  aggregation: z.string(),
  /** Of the values: `us`, `bytes`, `ratio`, `percent`, `count` or `per second`. */
  unit: z.string(),
  better: z.enum(['lower', 'higher']),
  /** Of each side's runs: the median, of means their mean (on a ratio's scale the geometric one). */
  base: nullableNumber,
  head: nullableNumber,
  /** Of every run, in the order of time; null: the run has no such value. */
  baseValues: z.array(nullableNumber),
  headValues: z.array(nullableNumber),
  /** `ratio`: the change is head ÷ base - 1. `difference`: head - base, in the unit, for shares and what can be 0. */
  scale: z.enum(['ratio', 'difference']),
  change: nullableNumber,
  /** Ends of the interval of the change; null: no spread is known. */
  low: nullableNumber,
  high: nullableNumber,
  /** `ranks`: Hodges-Lehmann and the exact rank sum. `means`: Welch's t, of logarithms where the scale is `ratio`. */
  method: z.enum(['ranks', 'means', 'none']),
  finding: changeFinding,
  /** Empty unless it cannot be told. */
  reason: z.string(),
  runsNeeded: nullableNumber,
})
/** One figure on both sides, and its change. */
export type FigureChange = z.infer<typeof figureChange>

const side = z.object({
  runs: z.number(),
  /** Files or commands; no secrets. */
  names: z.array(z.string()),
  /** ISO 8601: start of the first run and end of the last. */
  from: z.string(),
  to: z.string(),
})

export const comparison = z.object({
  base: side,
  head: side,
  /** Of each interval: 0.99, or more when there are several figures, so that all together miss at most once in 50 times. */
  level: z.number(),
  /** Changes within 1/(1 + margin) and 1 + margin count as none. */
  margin: z.number(),
  /** Alternating runs have met the same drift of the machine. */
  order: z.enum(['alternating', 'apart']),
  finding: changeFinding,
  tests: z.array(z.object({ testType: z.string(), figures: z.array(figureChange) })),
  /** Why the runs are not comparable, when they were compared all the same. */
  differences: z.array(note),
  notes: z.array(note),
})
/** Two sets of runs held against one another. */
export type Comparison = z.infer<typeof comparison>

/** What `stress compare` writes (`-o FILE.json`). */
export interface ComparisonResult {
  readonly schemaVersion: number
  readonly tool: { readonly name: string; readonly version: string }
  readonly kind: 'comparison'
  readonly exitCode: number
  readonly comparison: Comparison
  readonly thresholds: readonly ThresholdResult[]
}
