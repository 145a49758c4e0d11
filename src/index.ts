/** The library: what `import { run } from 'ws-stress'` gives. */
export type {
  Audience,
  ClientContext,
  Dialect,
  Meaning,
  MessageContext,
  PushPromise,
} from './dialects/dialect.ts'
export type { Mistake } from './errors.ts'
export { RunError, UsageError } from './errors.ts'
export { createPlan } from './library/create-plan.ts'
export type { TableOptions } from './library/format-table.ts'
export { formatTable } from './library/format-table.ts'
export type { RunOptions } from './library/run.ts'
export { run } from './library/run.ts'
export type {
  Count,
  GroupSettings,
  NamedGroup,
  Rate,
  RateStages,
  RunSettings,
  Size,
  Time,
} from './library/settings.ts'
export type { Plan, RunPlan } from './plan/plan.ts'
export type { Progress } from './result/progress.ts'
export type { Interval, Metric, RunResult, TestResult, ThresholdResult } from './result/run-result.ts'
export { evaluateThresholds } from './thresholds/evaluate-thresholds.ts'
