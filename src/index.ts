/** The library: what `import { run } from 'ws-stress'` gives. */
export { createPlan } from './cli/create-plan.ts'
export { RunError, UsageError } from './errors.ts'
export type { Plan, RunPlan } from './plan/plan.ts'
export { renderReport } from './report/table.ts'
export type { Progress } from './result/progress.ts'
export type { RunResult, TestResult } from './result/run-result.ts'
export { type RunOptions, run } from './run/run.ts'
export { evaluateThresholds } from './thresholds/evaluate-thresholds.ts'
