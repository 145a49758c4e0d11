/** What a program in TypeScript sees. Checked by `npm run typecheck`; the run only holds the lists against the tables. */
import { expect, expectTypeOf, it } from 'vitest'
import {
  createPlan,
  type Dialect,
  evaluateThresholds,
  type GroupSettings,
  type RateStages,
  type RunOptions,
  type RunPlan,
  type RunResult,
  type RunSettings,
  run,
  type TestResult,
  type ThresholdResult,
} from '../../src/index.ts'
import type { TestChoice } from '../../src/plan/option-parsers.ts'
import { findOption, type GROUP_OPTIONS, OPTION_NAMES, type OptionName } from '../../src/plan/option-table.ts'

/** Of the command line alone. */
const OUTPUT = [
  'output',
  'metricsPort',
  'json',
  'full',
  'quiet',
  'noProgress',
  'noColor',
  'dryRun',
  'debug',
] as const
const PLURALS = [
  'urls',
  'headers',
  'subprotocols',
  'tokens',
  'sourceIps',
  'thresholds',
  'baselines',
  'vars',
  'reconnects',
  'jitters',
  'leaves',
] as const
type Plural = (typeof PLURALS)[number]

it('the settings are the keys of a scenario: each option, its plural, groups and a command', () => {
  expectTypeOf<Exclude<keyof RunSettings, Plural | 'groups' | 'command' | 'scenario'>>().toEqualTypeOf<
    Exclude<OptionName, (typeof OUTPUT)[number]>
  >()
  expectTypeOf<NonNullable<RunSettings['testType']>>().toEqualTypeOf<TestChoice>()
  expectTypeOf<keyof GroupSettings>().toEqualTypeOf<(typeof GROUP_OPTIONS)[number]>()
  const plurals = OPTION_NAMES.flatMap((name) => {
    const option = findOption(name)
    return option?.kind === 'list' && name !== 'output' ? [option.plural] : []
  })
  expect(plurals.sort()).toEqual([...PLURALS].sort())
})

it('a setting takes a number or a text with a unit, and nothing else', () => {
  expectTypeOf<{
    connections: 100
    rate: '1k/s'
    duration: '5s'
    thresholds: string[]
  }>().toExtend<RunSettings>()
  expectTypeOf<{ duration: 5; size: 1024; url: URL; binary: true }>().toExtend<RunSettings>()
  expectTypeOf<{ rate: { stages: { to: 100; over: '10s' }[] } }>().toExtend<RunSettings>()
  expectTypeOf<RateStages>().toExtend<NonNullable<RunSettings['rate']>>()
  expectTypeOf<{ name: string; audience: 'sender'; write: (content: string) => string }>().toExtend<Dialect>()
  expectTypeOf<{ connections: boolean }>().not.toExtend<RunSettings>()
  expectTypeOf<{ binary: 'yes' }>().not.toExtend<RunSettings>()
  expectTypeOf<{ testType: 'strom' }>().not.toExtend<RunSettings>()
  expectTypeOf<{ groups: { connections: 10 }[] }>().not.toExtend<RunSettings>()
})

it('run() takes settings or a plan and gives a result', () => {
  expectTypeOf(run).parameter(0).toEqualTypeOf<RunSettings | RunPlan>()
  expectTypeOf(run).parameter(1).toEqualTypeOf<RunOptions | undefined>()
  expectTypeOf(run).returns.resolves.toEqualTypeOf<RunResult>()
  expectTypeOf(createPlan).toBeCallableWith({ connections: 10 })
  expectTypeOf(createPlan).toBeCallableWith(['-c', '10'])
  expectTypeOf(createPlan).returns.resolves.toEqualTypeOf<RunPlan>()
  expectTypeOf<NonNullable<RunOptions['onTestEnd']>>().parameters.toEqualTypeOf<[TestResult, RunResult]>()
  expectTypeOf(evaluateThresholds).returns.items.toEqualTypeOf<ThresholdResult>()
})

it('a result is told apart by its kinds', () => {
  expectTypeOf<RunResult['status']>().toEqualTypeOf<'completed' | 'aborted' | 'failed'>()
  expectTypeOf<RunResult['summary']['p99Us']>().toEqualTypeOf<number | null>()
  expectTypeOf<RunResult['thresholds'][number]['result']>().toEqualTypeOf<'pass' | 'fail' | 'no-data'>()
  const readP99 = (metric: TestResult['metrics'][string]): number | null =>
    metric.type === 'trend' ? metric.p99 : null
  expectTypeOf(readP99).toBeFunction()
})
