import { expect, it } from 'vitest'
import { cycleLines } from '../../src/report/cycle-lines.ts'
import { createPaint } from '../../src/report/paint.ts'
import type { Cycle, TestResult } from '../../src/result/run-result.ts'
import { makeCycles, repeat } from '../result/make-cycles.ts'

const linesOf = (cycles: Cycle[]) =>
  cycleLines({ testType: 'leak', cycles } as unknown as TestResult, createPaint(false))

it('has a row for each way to leave, from the first cycle that counts to the last', () => {
  const leaves = [...repeat('clean', 25), ...repeat('reset', 25)]
  const cycles = makeCycles(leaves, (at) => {
    const reset = Math.max(0, at - 24)
    return { serverRssBytes: 90e6 + 4.1e6 * reset, serverDescriptors: 21 + 1000 * reset }
  })
  expect(linesOf(cycles)).toMatchInlineSnapshot(`
    [
      "leak      connections              memory      each       open files  threads",
      "clean          15,000               90 MB       0 B               21       11",
      "reset          15,000     131 MB → 193 MB    4.1 kB  10,021 → 25,021       11",
    ]
  `)
})

it('shows nothing that was not seen', () => {
  const unseen = { serverRssBytes: null, serverDescriptors: null, serverThreads: null }
  const cycles = makeCycles(repeat('clean', 9), () => unseen)
  expect(linesOf(cycles)[1]!.match(/–/g)).toHaveLength(4)
  expect(linesOf([])).toEqual([])
})
