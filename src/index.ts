/** The library: what `import { run } from 'ws-stress'` gives. First the types. */
export type {
  Audience,
  ClientContext,
  Dialect,
  Meaning,
  MessageContext,
  PushPromise,
} from './dialects/dialect.ts'
export type { Mistake } from './errors.ts'
export type {
  Expected,
  ExpectOptions,
  Flow,
  FlowClient,
  FlowContext,
  FlowMessage,
  FlowTime,
} from './flows/flow.ts'
export type { CompareOptions } from './library/compare.ts'
export type { TableOptions } from './library/format-table.ts'
export type { RunOptions } from './library/run.ts'
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
export type { TestChoice } from './plan/option-parsers.ts'
export type { OutputFormat, Plan, RunPlan, TestType } from './plan/plan.ts'
export type {
  ChangeFinding,
  Comparison,
  ComparisonResult,
  FigureChange,
} from './result/comparison-schema.ts'
export type { Progress, RecentInterval } from './result/progress.ts'
export type {
  ErrorCount,
  Fairness,
  Finding,
  Interval,
  LatencyWindows,
  Metric,
  PercentileMark,
  PlanView,
  PublishedRow,
  RunResult,
  Step,
  TestResult,
  ThresholdResult,
  TrendMetric,
  Validity,
  ValidityState,
} from './result/run-result.ts'

// What there is at run time.

export { RunError, UsageError } from './errors.ts'
export { compare } from './library/compare.ts'
export { createPlan } from './library/create-plan.ts'
export { formatTable } from './library/format-table.ts'
export { render } from './library/render.ts'
export { run } from './library/run.ts'
export { readResult } from './result/read-result.ts'
export { evaluateThresholds } from './thresholds/evaluate-thresholds.ts'
