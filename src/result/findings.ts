/** What a test type found, in plain words. Most types have none: their figures are the answer. */
import type { RecorderSnapshot } from '../record/recorder.ts'
import { findIdle } from './idle-findings.ts'
import type { Measurements } from './measurements.ts'
import type { Metrics } from './metrics.ts'
import type { Finding } from './run-result.ts'

export function deriveFindings(measured: Measurements, total: RecorderSnapshot, metrics: Metrics): Finding[] {
  return measured.plan.testType === 'idle' ? findIdle(measured, total, metrics) : []
}
