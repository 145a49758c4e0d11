/** Results from hand-written recordings: what is not named was not measured. */
import type { Plan } from '../../src/plan/plan.ts'
import { RECORDER_BYTES, Recorder, type RecorderSnapshot } from '../../src/record/recorder.ts'
import type { CounterName, TrendName } from '../../src/record/series.ts'
import { deriveTest } from '../../src/result/derive.ts'
import type { Measurements } from '../../src/result/measurements.ts'
import type { TestResult } from '../../src/result/run-result.ts'

export type Recorded = { [N in CounterName]?: number } & { [N in TrendName]?: readonly number[] }

export function snapshotOf(recorded: Recorded): RecorderSnapshot {
  const recorder = new Recorder(new ArrayBuffer(RECORDER_BYTES))
  for (const [name, value] of Object.entries(recorded)) {
    if (typeof value === 'number') recorder.add(name as CounterName, value)
    else for (const us of value ?? []) recorder.record(name as TrendName, us)
  }
  return recorder.snapshot()
}

export const MOMENTS = { idle: null, connected: null, peak: null, after: null }
export const LOAD = {
  loopBusy: null,
  coreWait: null,
  generatorCpuPercent: null,
  serverCpuPercent: null,
  serverBusiestThreadPercent: null,
}

/** A hold of 2 s from 1 s on; one recording a group. */
export function deriveFrom(
  plan: Plan,
  groups: readonly Recorded[],
  change: Partial<Measurements> = {},
): TestResult {
  return deriveTest({
    plan,
    status: 'completed',
    startUs: 1_000_000,
    phases: { connectUs: 1000, warmupUs: null, holdUs: 2_000_000, drainUs: 10 },
    groups: groups.map(snapshotOf),
    warmup: snapshotOf({}),
    steps: [],
    cycles: [],
    slow: null,
    spread: [],
    failures: [],
    slowest: [],
    intervals: [],
    seconds: [],
    serverVisible: false,
    serverCores: null,
    onOneCore: false,
    server: MOMENTS,
    generator: MOMENTS,
    connectLoad: LOAD,
    holdLoad: LOAD,
    suspendedMs: 0,
    floor: null,
    warnings: [],
    ...change,
  })
}
