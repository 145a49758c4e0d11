/** run(plan): what the command line, the library and later comparisons call. Starts the target, runs the tests, returns a result. */

import { measureCapacity } from '../capacity/measure-capacity.ts'
import { nowUs } from '../engine/clock.ts'
import { RunError } from '../errors.ts'
import { readEnvironment } from '../observe/environment.ts'
import { readFloor } from '../observe/floor-cache.ts'
import { createResourceSampler } from '../observe/resource-sampler.ts'
import { describeExit } from '../observe/server-process.ts'
import type { Plan, RunPlan } from '../plan/plan.ts'
import { assembleResult } from '../result/assemble.ts'
import { deriveTest } from '../result/derive.ts'
import type { Progress } from '../result/progress.ts'
import type { Reading } from '../result/reading.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'
import { fitToMachine } from './fit-machine.ts'
import { openMetricsOf } from './open-server-metrics.ts'
import { openTarget } from './open-target.ts'
import { createProgressMeter } from './progress-meter.ts'
import { resolveEndpoints } from './resolve-endpoints.ts'
import { runTest, type ShardRunner } from './run-test.ts'

export interface RunOptions {
  /** Aborting drains, and the result still comes, with status `aborted`. */
  readonly signal?: AbortSignal
  /** Called every `progressEveryMs`. */
  readonly onProgress?: (progress: Progress) => void
  /** Default: 1000. Counters are as of that moment; percentiles, load and validity are renewed once a second. */
  readonly progressEveryMs?: number
  /** Called when a test of the plan has ended. */
  readonly onTestEnd?: (test: TestResult, soFar: RunResult) => void
  /** Called once a second of every hold; the partial result is made when asked for, and is without error classes. */
  readonly onInterval?: (soFar: () => RunResult) => void
  /** Called for every interval of every test, at most once a second. */
  readonly onReading?: (reading: Reading) => void
  /** Where shards run; default: a thread each, or a process each when one may not open so many connections. */
  readonly runner?: ShardRunner
}

/**
 * Runs every test of the plan in turn against its target.
 * @throws RunError when the demo server or the user's command does not start, or its page of metrics tells nothing
 */
export async function run(plan: RunPlan, options: RunOptions = {}): Promise<RunResult> {
  const { onProgress, onTestEnd, onInterval, onReading } = options
  const signal = options.signal ?? new AbortController().signal
  const [first] = plan.tests
  if (first === undefined) throw new RunError('the plan has no test')
  const startedAt = new Date()
  const floor = readFloor()
  const environment = { ...readEnvironment(), floor }
  const serverMetrics = await openMetricsOf(first.target)
  const { server, target } = await openTarget(plan.tests, environment, signal)
  const serverGone = new AbortController()
  let howEnded = ''
  // A restart ends the server that was started for the run as well.
  const isRestarted = plan.tests.some(({ cut }) => cut?.by === 'command')
  server?.onExit((exit) => {
    if (isRestarted) return
    howEnded = describeExit(exit)
    serverGone.abort()
  })
  const tests: TestResult[] = []
  const result = (ended: readonly TestResult[]): RunResult =>
    assembleResult({
      plan,
      tests: ended,
      environment,
      startedAt,
      finishedAt: new Date(),
      demoUrl: isDemo(first) ? (server?.url ?? null) : null,
      serverVisible,
    })
  const serverPid = server?.pid ?? first.target.serverPid
  let serverVisible = false
  try {
    for (const [index, test] of plan.tests.entries()) {
      if (isOver()) break
      const { search } = test
      const ended =
        search === null
          ? await measureOnce(test, index, test.testType)
          : await measureCapacity(
              test,
              search,
              (step, load) => measureOnce(step, index, `${test.testType} ${load}`),
              isOver,
            )
      if (ended === null) break
      tests.push(ended)
      onTestEnd?.(ended, result(tests))
    }
  } finally {
    serverMetrics?.close()
    await server?.stop()
  }
  return result(tests)

  function isOver(): boolean {
    return signal.aborted || serverGone.signal.aborted
  }

  async function measureOnce(test: Plan, index: number, label: string): Promise<TestResult> {
    const { endpoints, warnings } = await resolveEndpoints(target.urls)
    const fitted = fitToMachine({ ...test, target }, environment, endpoints)
    const sampler = createResourceSampler({ serverPid, tree: true, serverMetrics, nowUs })
    serverVisible = sampler.serverVisible
    const meter = createProgressMeter(plan.tests.with(index, test), index, label)
    const measured = await runTest({
      plan: fitted.plan,
      endpoints,
      sampler,
      runner: options.runner ?? fitted.runner,
      warnings: [...warnings, ...fitted.warnings],
      floor,
      signal,
      serverGone: serverGone.signal,
      glanceEveryMs: onProgress === undefined ? null : (options.progressEveryMs ?? 1000),
      onGlance: (glance, clock) => onProgress?.(meter.look(glance, clock)),
      onInterval: (interval, standing, soFar) => {
        if (onProgress !== undefined) meter.addInterval(interval, standing())
        const partial = () => result([...tests, deriveTest(soFar())])
        const isLoaded = interval.phase === 'hold'
        if (isLoaded) onInterval?.(partial)
        onReading?.({ test: test.testType, interval, soFar: isLoaded ? partial : null })
      },
    })
    const gone = serverGone.signal.aborted
      ? [{ code: 'server-ended', message: `the server ${howEnded} during the test` }]
      : []
    const seen = sampler.takeWarnings()
    return deriveTest({ ...measured, warnings: [...measured.warnings, ...seen, ...gone] })
  }
}

function isDemo(test: Plan): boolean {
  return test.target.urls.length === 0
}
