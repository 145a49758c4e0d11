import type { RunResult } from '../result/run-result.ts'
import type { Paint } from './paint.ts'
import { wrap } from './wrap.ts'

const SIGNS = { good: '✓', bad: '✗', unknown: '?' } as const

/** What the tests found, a sentence each: `✓ all 100 idle connections stayed open for 30 s`. */
export function findingLines({ tests }: RunResult, width: number, paint: Paint): string[] {
  return tests.flatMap(({ testType, findings }) =>
    findings.flatMap(({ verdict, message }) => {
      const style = { good: paint.good, bad: paint.bad, unknown: paint.warn }[verdict]
      const where = tests.length > 1 ? `${testType}: ` : ''
      const [first = '', ...more] = wrap(`${SIGNS[verdict]} ${where}${message}`, width, '  ')
      return [`${style(first.slice(0, 1))}${first.slice(1)}`, ...more]
    }),
  )
}
