import { expect, it } from 'vitest'
import { decideExitCode } from '../../src/result/exit-code.ts'
import type { RunResult } from '../../src/result/run-result.ts'

type Judged = Parameters<typeof decideExitCode>[0]

function makeResult(
  status: RunResult['status'],
  states: readonly ('valid' | 'generator-limited' | 'invalid')[],
  thresholds: readonly ('pass' | 'fail' | 'no-data')[],
): Judged {
  return {
    status,
    tests: states.map((state) => ({ validity: { state } })),
    thresholds: thresholds.map((result) => ({ result })),
  } as unknown as Judged
}

type Signal = Parameters<typeof decideExitCode>[2]
const rows: [what: string, result: Judged, requireValid: boolean, signal: Signal, code: number][] = [
  ['all well', makeResult('completed', ['valid'], ['pass']), true, null, 0],
  ['no thresholds', makeResult('completed', ['valid', 'valid'], []), true, null, 0],
  ['a threshold failed', makeResult('completed', ['valid'], ['pass', 'fail']), false, null, 99],
  ['a threshold without data', makeResult('completed', ['valid'], ['no-data']), false, null, 99],
  ['not valid, not asked for', makeResult('completed', ['generator-limited'], []), false, null, 0],
  ['generator-limited', makeResult('completed', ['valid', 'generator-limited'], []), true, null, 4],
  ['invalid', makeResult('completed', ['invalid'], []), true, null, 4],
  [
    'not valid comes before a failed threshold',
    makeResult('completed', ['invalid'], ['fail']),
    true,
    null,
    4,
  ],
  ['unreachable comes before not valid', makeResult('failed', ['invalid'], ['fail']), true, null, 3],
  ['interrupted comes before all', makeResult('failed', ['invalid'], ['fail']), true, 'SIGINT', 130],
  ['terminated too', makeResult('aborted', ['valid'], ['fail']), true, 'SIGTERM', 143],
  ['aborted by a failing threshold', makeResult('aborted', ['valid'], ['fail']), true, null, 99],
]
it.each(rows)('%s', (_, result, requireValid, signal, code) => {
  expect(decideExitCode(result, requireValid, signal)).toBe(code)
})
