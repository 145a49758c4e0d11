import type { RunResult } from '../../result/run-result.ts'
import { resultFamilies } from './result-families.ts'
import { writeFamilies } from './write-families.ts'

/** A file that both OpenMetrics and Prometheus' own format read: for collectors of text files, gateways, `promtool`. */
export function renderOpenMetrics(result: RunResult): string {
  return writeFamilies(resultFamilies(result), 'either')
}
