import type { TestResult } from '../result/run-result.ts'
import { formatCount } from './format.ts'
import { findCount } from './test-figures.ts'
import { flow } from './wrap.ts'

/** `600 of 600 pushes`, `601 pushes` without a promised interval; `pings` where they are the server's. */
export function showPushes(test: TestResult): string {
  return `${showAmount(test)} ${nounOf(test)}`
}

/** `pushes 600 of 600   missed 0   keep-alives 60   pings answered 12 of 12`, of what there is. */
export function pushLines(test: TestResult, width: number): string[] {
  const { push, transport } = test.plan
  const count = (name: string): number => findCount(test, name) ?? 0
  const answered = `${formatCount(count('pongs_sent'))} of ${formatCount(count('pings_received'))}`
  const byPing = push?.by === 'ping'
  const parts = [
    `${nounOf(test)} ${showAmount(test)}`,
    ...(push === null || push.everyUs === null
      ? []
      : [`missed ${formatCount(findCount(test, 'pushes_missed'))}`]),
    ...(transport === 'event-stream'
      ? [
          `keep-alives ${formatCount(count('keep_alives_received'))}`,
          `reconnects ${formatCount(count('reconnects'))}`,
        ]
      : []),
    ...(byPing
      ? [`answered ${answered}`]
      : count('pings_received') > 0
        ? [`pings answered ${answered}`]
        : []),
  ]
  return flow(parts, width, '   ')
}

function nounOf({ plan }: TestResult): string {
  return plan.push?.by === 'ping' ? 'pings' : 'pushes'
}

function showAmount(test: TestResult): string {
  const expected = findCount(test, 'pushes_expected')
  const received = formatCount(findCount(test, 'pushes_received'))
  return expected === null ? received : `${received} of ${formatCount(expected)}`
}
