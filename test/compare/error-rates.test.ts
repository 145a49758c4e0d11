/** How often a comparison is wrong: drawn from a pool of runs that are made up, and from the recorded one when it is there. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as compareFigure from '../../src/compare/compare-figure.ts'
import * as compareRuns from '../../src/compare/compare-runs.ts'
import * as defaultMargin from '../../src/compare/default-margin.ts'
import * as figures from '../../src/compare/figures.ts'
import { createNormal, createRandom } from './random.ts'

interface Variant {
  load: 'closed' | 'open'
  what: string
  percent: number
  burnUs: number
  every: number
}
interface Pool {
  loads: Record<string, string[]>
  variants: Variant[]
  rounds: { variant: number; at: string; values: number[] }[][]
}
interface Rates {
  equal: { load: string; drawn: string; pairs: number; different: number }[]
  slowed: (Variant & { change: number; trials: number; found: number[] })[]
}
interface Resample {
  measureErrorRates: (pool: Pool, judge: unknown, random: () => number) => Rates
  formatTables: (rates: Rates) => string
}

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const { measureErrorRates, formatTables } = (await import(path('./resample.mjs'))) as Resample
const { createJudge, SEED } = (await import(path('./judge-sets.mjs'))) as {
  createJudge: (modules: object, loads: Pool['loads']) => unknown
  SEED: number
}

function measure(pool: Pool): Rates {
  const judge = createJudge({ ...compareFigure, ...compareRuns, ...defaultMargin, ...figures }, pool.loads)
  return measureErrorRates(pool, judge, createRandom(SEED))
}

const LOADS = {
  closed: ['messages/s', 'P50', 'P99', 'errors', 'memory'],
  open: ['P50', 'P99', 'errors', 'CPU', 'memory'],
}
const slowed = (load: 'closed' | 'open', what: string, percent: number): Variant => ({
  load,
  what,
  percent,
  burnUs: percent,
  every: 1,
})

/** Twenty rounds on a machine that drifts, and on which one run in twenty is disturbed. */
function makePool(seed: number): Pool {
  const [normal, random] = [createNormal(seed), createRandom(seed)]
  const variants = [
    slowed('closed', '', 0),
    slowed('open', '', 0),
    ...[0, 5, 10].slice(1).map((percent) => slowed('closed', 'messages/s', percent)),
    ...[5, 10].map((percent) => slowed('open', 'P50', percent)),
  ]
  let drift = 0
  let clock = Date.UTC(2026, 0, 1)
  const rounds = Array.from({ length: 20 }, () =>
    [0, 0, 0, 1, 1, 1, 2, 3, 4, 5].map((variant) => {
      drift = 0.95 * drift + 0.1 * normal()
      clock += 3000
      const wild = random() < 1 / 20 ? 0.5 * random() : 0
      const { percent, load } = variants[variant]!
      const slow = (spread: number): number =>
        Math.exp(spread * (normal() + drift) + wild) * (1 + percent / 100)
      const times = { P50: Math.round(400 * slow(0.02)), P99: Math.round(1500 * slow(0.15)) }
      const others = { errors: 0, CPU: 20 * slow(0.02), memory: 60e6 * Math.exp(0.02 * normal()) }
      const all: Record<string, number> = { 'messages/s': 100_000 / slow(0.02), ...times, ...others }
      return { variant, at: new Date(clock).toISOString(), values: LOADS[load].map((what) => all[what]!) }
    }),
  )
  return { loads: LOADS, variants, rounds }
}

describe('on made-up machines that drift and are disturbed now and then', () => {
  const all = [1, 2, 3, 4, 5].map((seed) => measure(makePool(seed)))
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b)

  it.each([
    ['closed', 'at random'],
    ['closed', 'in turn'],
    ['open', 'at random'],
    ['open', 'in turn'],
  ])('equal sets (%s, drawn %s) are called different at most once in twenty times', (load, drawn) => {
    const rows = all.flatMap(({ equal }) => equal.filter((row) => row.load === load && row.drawn === drawn))
    expect(sum(rows.map(({ pairs }) => pairs))).toBe(200)
    expect(sum(rows.map(({ different }) => different))).toBeLessThanOrEqual(10)
  })

  it.each(['messages/s', 'P50'])('a tenth of %s is found nine times in ten', (what) => {
    const rows = all.flatMap(({ slowed }) => slowed.filter((row) => row.what === what && row.percent === 10))
    const [ten = 0, five = 0] = [0, 1].map((size) => sum(rows.map(({ found }) => found[size]!)))
    expect(ten).toBeGreaterThanOrEqual(90)
    expect(five).toBeLessThan(ten)
  })
})

const recorded = path('./pool.json')

describe.skipIf(!existsSync(recorded))(
  'on the recorded runs (skipped where test/compare/pool.json is not)',
  () => {
    const rates = existsSync(recorded) ? measure(JSON.parse(readFileSync(recorded, 'utf8')) as Pool) : null

    it('at most 2 of 40 pairs of equal sets are called different', () => {
      const inTurn = rates!.equal.filter(({ drawn }) => drawn !== 'apart')
      expect(inTurn.length).toBe(4)
      for (const { different } of inTurn) expect(different).toBeLessThanOrEqual(2)
    })

    it('the tables are those of the README', () => {
      expect(readFileSync(path('../../README.md'), 'utf8')).toContain(formatTables(rates!))
    })
  },
)
