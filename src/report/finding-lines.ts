import type { TestResult } from '../result/run-result.ts'
import type { Paint } from './paint.ts'
import { wrap } from './wrap.ts'

const SIGNS = { good: '✓', bad: '✗', unknown: '?' } as const

/** What the test found, a sentence each: `✓ all 100 idle connections stayed open for 30 s`. */
export function findingLines({ findings }: TestResult, width: number, paint: Paint): string[] {
  return findings.flatMap(({ verdict, message }) => {
    const style = { good: paint.good, bad: paint.bad, unknown: paint.warn }[verdict]
    const [first = '', ...more] = wrap(`${SIGNS[verdict]} ${message}`, width, '  ')
    return [`${style(first.slice(0, 1))}${first.slice(1)}`, ...more]
  })
}
