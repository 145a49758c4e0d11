import type { RunResult } from '../result/run-result.ts'
import { alignTable, numbers, words } from './align-table.ts'
import type { Paint } from './paint.ts'
import { explainThreshold, nameThreshold, showThresholdValue } from './threshold-text.ts'
import { clip } from './wrap.ts'

/** Thresholds one a line, the failed ones first: mark, expression, value, by how much it is missed and since when. */
export function thresholdLines(result: RunResult, width: number, most: number, paint: Paint): string[] {
  const failed = result.thresholds.filter((row) => row.result !== 'pass')
  const sorted = [...failed, ...result.thresholds.filter((row) => row.result === 'pass')]
  const shown = sorted.slice(0, most)
  const texts = shown.map((row) => ({
    isPass: row.result === 'pass',
    name: clip(nameThreshold(row, result), Math.max(20, width - 46)),
    value: showThresholdValue(row, result),
    comment: explainThreshold(row, result),
  }))
  const longest = (pick: 'name' | 'value'): number => Math.max(0, ...texts.map((text) => text[pick].length))
  const room = Math.max(20, width - longest('name') - longest('value') - '✗      '.length)
  const rows = texts.map(({ isPass, name, value, comment }) => [
    isPass ? paint.good('✓') : paint.bad('✗'),
    name,
    isPass ? value : paint.bad(value),
    clip(comment, room),
  ])
  const left = sorted.length - shown.length
  const leftFailed = Math.max(0, failed.length - shown.length)
  const more = left === 0 ? [] : [paint.dim(`  and ${left} more, ${leftFailed} failed (--full)`)]
  return [...alignTable([words(''), words(''), numbers(''), words('')], rows), ...more]
}
