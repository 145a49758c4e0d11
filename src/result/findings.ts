/** What a test type found, in plain words. Most types have none: their figures are the answer. */
import type { RecorderSnapshot } from '../record/recorder.ts'
import { findHeartbeat } from './heartbeat-findings.ts'
import { findIdle } from './idle-findings.ts'
import { findLeaks } from './leak-findings.ts'
import type { Measurements } from './measurements.ts'
import type { Metrics } from './metrics.ts'
import { findRecoveries } from './reconnect-findings.ts'
import type { Finding } from './run-result.ts'
import { findSlow } from './slow-findings.ts'

export function deriveFindings(measured: Measurements, total: RecorderSnapshot, metrics: Metrics): Finding[] {
  const { testType } = measured.plan
  if (testType === 'idle') return findIdle(measured, total, metrics)
  if (testType === 'reconnect') return findRecoveries(measured)
  if (testType === 'slow-consumer') return findSlow(measured, total)
  if (testType === 'leak') return findLeaks(measured.cycles, measured.serverVisible)
  return testType === 'heartbeat' ? findHeartbeat(measured, total) : []
}
