/** Results of several generators that did one plan together, as one result. Pure. */
import { EXIT } from '../../errors.ts'
import { summarize } from '../assemble.ts'
import type { RunResult } from '../run-result.ts'
import { SCHEMA_VERSION, TOOL } from '../tool.ts'
import type { Shard } from './check-shards.ts'
import { mergeTests, worstOf } from './merge-tests.ts'
import { leastOf } from './merge-trends.ts'
import { findOffsets } from './timeline.ts'

/** They have passed checkShards(). Thresholds and the exit code are filled in by who asks for them. */
export function mergeResults(shards: readonly Shard[]): RunResult {
  const results = shards.map(({ result }) => result)
  const [first] = results
  if (first === undefined) throw new RangeError('no result to merge')
  const names = shards.map(({ name }) => name)
  const target = mergeTargets(results)
  const sameServer = seeOneServer(results)
  const tests = first.tests.map((_, index) =>
    mergeTests(
      results.map((result) => result.tests[index]!),
      names,
      findOffsets(results, index),
      sameServer,
    ),
  )
  const byTime = (key: 'startedAt' | 'finishedAt'): string[] =>
    results.map((result) => result[key]).sort((a, b) => Date.parse(a) - Date.parse(b))
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: TOOL,
    startedAt: byTime('startedAt')[0]!,
    finishedAt: byTime('finishedAt').at(-1)!,
    status: worstOf(
      results.map(({ status }) => status),
      ['failed', 'aborted', 'completed'],
    ),
    exitCode: EXIT.passed,
    summary: summarize(tests),
    environment: mergeEnvironments(results.map(({ environment }) => environment)),
    target,
    tests,
    thresholds: [],
    comparison: null,
  }
}

function mergeTargets(results: readonly RunResult[]): RunResult['target'] {
  const targets = results.map(({ target }) => target)
  const [first] = targets
  const sameOf = <T>(values: readonly T[]): T | null =>
    values.every((value) => value === values[0]) ? values[0]! : null
  return {
    ...first!,
    urls: [...new Set(targets.flatMap(({ urls }) => urls))],
    demo: targets.every(({ demo }) => demo),
    serve: sameOf(targets.map(({ serve }) => serve)),
    command: sameOf(targets.map(({ command }) => command)),
    serverVisible: targets.some(({ serverVisible }) => serverVisible),
  }
}

/**
 * The addresses are the same, and mean the same: those of one machine itself only where the generators were on it, which
 * its description has to tell.
 */
function seeOneServer(results: readonly RunResult[]): boolean {
  const addresses = new Set(results.map(({ target }) => JSON.stringify([...target.urls].sort())))
  if (addresses.size !== 1) return false
  const isOfMachine = results[0]!.target.urls.some((url) => /\/\/(?:localhost|127\.|\[::1\])/i.test(url))
  const machines = new Set(results.map(({ environment }) => describeMachine(environment)))
  return !isOfMachine || machines.size === 1
}

function describeMachine({ os, cpuModel, cpus, memoryBytes }: RunResult['environment']): string {
  return JSON.stringify([os, cpuModel, cpus, memoryBytes])
}

/** Of several that differ all are named, and what they have is added up. */
function mergeEnvironments(environments: readonly RunResult['environment'][]): RunResult['environment'] {
  const [first] = environments
  if (new Set(environments.map(describeMachine)).size === 1) return { ...first!, floor: null }
  const names = (key: 'node' | 'os' | 'cpuModel'): string =>
    [...new Set(environments.map((environment) => environment[key]))].join(' and ')
  const sum = (key: 'cpus' | 'memoryBytes'): number =>
    environments.reduce((total, environment) => total + environment[key], 0)
  return {
    node: names('node'),
    os: names('os'),
    cpuModel: names('cpuModel'),
    cpus: sum('cpus'),
    cpusAllowed: null,
    memoryBytes: sum('memoryBytes'),
    fdLimit: leastOf(environments.map(({ fdLimit }) => fdLimit)),
    portRange: null,
    ci: environments.some(({ ci }) => ci),
    floor: null,
  }
}
