/** Runs a plan against a server in this process, in this thread, and checks what must hold in any weather. */
import { expect } from 'vitest'
import { runShard } from '../../src/engine/shard-run.ts'
import type { Limits, Plan } from '../../src/plan/plan.ts'
import { FAILURE_CLASSES } from '../../src/record/failures.ts'
import type { Metric, RunResult, TestResult } from '../../src/result/run-result.ts'
import { type RunOptions, run } from '../../src/run/run.ts'
import { resolveWith, type Surroundings } from '../plan/resolve.ts'

export interface Weather extends Surroundings {
  /** What the command line has no option for. */
  readonly limits?: Partial<Limits>
  readonly plan?: (plan: Plan) => Plan
  readonly options?: RunOptions
}

/** The run of a command line (one worker unless told otherwise). */
export async function runLine(line: string, weather: Weather = {}): Promise<RunResult> {
  const { limits, plan: change = (plan: Plan) => plan, options, ...surroundings } = weather
  const words = line.split(' ').filter((word) => word !== '')
  const workers = words.includes('-w') ? [] : ['-w', '1']
  const { plan } = resolveWith(surroundings, ...words, ...workers)
  const tests = plan.tests.map((test) => change({ ...test, limits: { ...test.limits, ...limits } }))
  const result = await run({ ...plan, tests }, { runner: runShard, ...options })
  for (const test of result.tests) expectBalance(test)
  return result
}

/** The one test of a run. */
export async function runOne(line: string, weather: Weather = {}): Promise<TestResult> {
  const { tests } = await runLine(line, weather)
  expect(tests).toHaveLength(1)
  return tests[0]!
}

export function countOf(test: TestResult, name: string): number | null {
  const metric = metricOf(test, name)
  return metric.type === 'counter' || metric.type === 'trend' ? metric.count : Number.NaN
}

export function metricOf(test: TestResult, name: string): Metric {
  const metric = test.metrics[name]
  if (metric === undefined) throw new Error(`no metric '${name}'`)
  return metric
}

/** Counters by the end of their name, without the prefix: `{ opened: 4, sent: 8 }`. */
export function countsOf(test: TestResult): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(test.metrics)
      .filter(([, metric]) => metric.type === 'counter')
      .map(([name, metric]) => [
        name.replace(/^(?:connections|messages)_/, ''),
        metric.type === 'counter' ? metric.count : null,
      ]),
  )
}

/** `class detail` → count. */
export function errorsOf(test: TestResult): Record<string, number> {
  return Object.fromEntries(
    test.errors.map(({ class: failure, detail, count }) => [`${failure} ${detail}`.trim(), count]),
  )
}

/** Every failure stands in the interval it happened in. */
function expectErrorsOverTime(test: TestResult): void {
  // With fan-out the own copies are given as lost deliveries.
  if (test.plan.fanOut !== null) return
  const tally: Record<string, number> = {}
  for (const { errors } of test.intervals)
    for (const [name, count] of Object.entries(errors)) tally[name] = (tally[name] ?? 0) + count
  const total: Record<string, number> = {}
  for (const { class: name, count } of test.errors)
    if ((FAILURE_CLASSES as readonly string[]).includes(name)) total[name] = (total[name] ?? 0) + count
  expect(tally).toEqual(total)
}

/** What was due went somewhere, what was sent came back or is accounted for, and every attempt had an end. */
export function expectBalance(test: TestResult): void {
  expectErrorsOverTime(test)
  const groups = ['', ...test.plan.groups.map(({ name }) => `{group=${name}}`)]
  for (const group of groups) {
    if (test.metrics[`messages_due${group}`] === undefined) continue
    const count = (name: string) => countOf(test, `${name}${group}`) ?? Number.NaN
    const unsent = ['full', 'closed', 'behind'].map((why) => count(`messages_unsent_${why}`))
    const balance = {
      due: count('messages_due'),
      sent: count('messages_sent'),
      attempted: count('connections_attempted'),
    }
    expect(balance).toEqual({
      due: unsent.reduce((sum, one) => sum + one, count('messages_sent')),
      sent: count('messages_received') + count('messages_lost') + count('messages_unanswered'),
      attempted: count('connections_opened') + count('connections_failed'),
    })
  }
}
