import { EXIT } from '../../errors.ts'
import type { RunResult } from '../../result/run-result.ts'
import { formatPlural } from '../format.ts'
import { showValidity } from '../verdict.ts'

/** `### ❌ VALID · 1 of 2 thresholds failed (exit 99)`: first whether it can be believed, then whether it passed. */
export function headline(result: RunResult): string {
  const { exitCode, status } = result
  const exit = exitCode === EXIT.passed ? '' : ` (exit ${exitCode})`
  // Of a server that was not reached nothing was measured: no word on how well.
  const validity = status === 'failed' || result.tests.length === 0 ? '' : showValidity(result)
  const parts = [validity, howItEnded(result), thresholdsInShort(result)].filter((part) => part !== '')
  return `### ${sign(result)} ${parts.join(' · ')}${exit}`
}

function sign(result: RunResult): string {
  if (result.exitCode === EXIT.interrupted || result.exitCode === EXIT.terminated) return '⚠️'
  if (result.exitCode !== EXIT.passed || result.status !== 'completed') return '❌'
  return showValidity(result) === 'VALID' ? '✅' : '⚠️'
}

function howItEnded({ exitCode, status }: RunResult): string {
  if (exitCode === EXIT.interrupted || exitCode === EXIT.terminated) return 'INTERRUPTED'
  if (status === 'failed') return 'NOT COMPLETED'
  return status === 'aborted' ? 'ABORTED' : ''
}

function thresholdsInShort({ thresholds }: RunResult): string {
  if (thresholds.length === 0) return ''
  const failed = thresholds.filter(({ result }) => result !== 'pass').length
  const all = formatPlural(thresholds.length, 'threshold')
  return failed > 0 ? `${failed} of ${all} failed` : `${all} passed`
}
