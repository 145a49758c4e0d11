import { describe, expect, it } from 'vitest'
import { findRepeated, listDifferences, type NamedRun } from '../../src/compare/comparable.ts'
import { findOrder } from '../../src/compare/run-order.ts'
import type { RunResult } from '../../src/result/run-result.ts'
import { makeRun } from './sets.ts'

const change = (run: NamedRun, over: Partial<RunResult>): NamedRun => ({
  ...run,
  result: { ...run.result, ...over },
})
const base = makeRun('base', 0)
const head = makeRun('head', 1)
const test = head.result.tests[0]!
const { environment } = head.result
const [group] = test.plan.groups

describe('runs are not comparable', () => {
  it.each<[string, Partial<RunResult>, string]>([
    [
      'with another number of connections',
      { tests: [{ ...test, plan: { ...test.plan, connections: 200 } }] },
      'head: connections 200, not 100 (against base)',
    ],
    [
      'with another load',
      { tests: [{ ...test, plan: { ...test.plan, groups: [{ ...group!, inFlight: 4 }] } }] },
      'head: groups.0.inFlight 4, not 1 (against base)',
    ],
    [
      'of another test',
      { tests: [{ ...test, testType: 'storm' }] },
      'head: tests storm, not throughput (against base)',
    ],
    ['on another processor', { environment: { ...environment, cpuModel: 'Abacus' } }, 'CPU Abacus, not'],
    ['with other cores', { environment: { ...environment, cpus: 64 } }, 'cores 64, not'],
    ['pinned otherwise', { environment: { ...environment, cpusAllowed: 1 } }, 'cores allowed 1, not'],
    ['on another system', { environment: { ...environment, os: 'Plan 9' } }, 'system Plan 9, not'],
    ['on another Node', { environment: { ...environment, node: 'v99.0.0' } }, 'Node v99, not'],
    ['that were interrupted', { status: 'aborted' }, 'head: was interrupted'],
    [
      'that are not valid',
      { tests: [{ ...test, validity: { ...test.validity, state: 'generator-limited' } }] },
      'head: is generator-limited in throughput',
    ],
  ])('%s', (_, over, message) => {
    const found = listDifferences([base, change(head, over)])
    expect(found.map((one) => one.message).join('\n')).toContain(message)
    expect(found.length).toBe(1)
  })

  it('and says the same of several at once', () => {
    const limited = { tests: [{ ...test, validity: { ...test.validity, state: 'invalid' as const } }] }
    const runs = [1, 2, 3, 4, 5].map((n) => change(makeRun(`run-${n}`, n), limited))
    expect(listDifferences([base, ...runs])).toEqual([
      { code: 'not-valid', message: 'run-1, run-2, run-3 and 2 more: is invalid in throughput' },
    ])
  })
})

it('runs that differ in seed, patch level, time and address are comparable', () => {
  const [major] = environment.node.split('.')
  const other = change(head, {
    tests: [{ ...test, plan: { ...test.plan, seed: 99 } }],
    environment: { ...environment, node: `${major}.999.0`, memoryBytes: 1 },
    target: { ...head.result.target, url: 'ws://127.0.0.1:9002/' },
  })
  expect(listDifferences([base, other])).toEqual([])
})

it('one run under two names is not two runs', () => {
  expect(findRepeated([base, head])).toBeNull()
  expect(findRepeated([base, head, { ...base, name: 'copy' }])).toBe('copy is the same run as base')
})

describe('the order of the runs', () => {
  it.each<[string, number[], number[]]>([
    ['ABAB', [1, 3], [2, 4]],
    ['ABBA', [1, 4], [2, 3]],
    ['ABBAAB', [1, 4, 5], [2, 3, 6]],
    ['any order of the files', [5, 1, 4], [6, 3, 2]],
  ])('%s is in turn', (_, one, other) => {
    expect(findOrder(one, other)).toBe('alternating')
  })

  it.each<[string, number[], number[]]>([
    ['AABB', [1, 2], [3, 4]],
    ['AAABBB', [1, 2, 3], [4, 5, 6]],
    ['a set and then one run', [1, 2, 3, 4], [5]],
    ['one and one', [1], [2]],
  ])('%s is not', (_, one, other) => {
    expect(findOrder(one, other)).toBe('apart')
  })
})
