/**
 * How often sets of runs are called different that are not, and are that are: sets drawn from a pool of real runs, judged
 * as `stress compare` judges them by default. The same pool gives the same table. Pure; the judge is handed in.
 */

export const PAIRS = 40
const TRIALS = 20
/** Of a comparison of two servers, by default. */
export const RUNS = 10
const FEWER = [5, 3]

/** A judge says of two sets of runs (each the figures of its runs) what is found of every headline figure, by its name. */
export function measureErrorRates({ rounds, variants, loads }, judge, random) {
  const runs = rounds.flat().sort((a, b) => (a.at < b.at ? -1 : 1))
  const of = (index) => runs.filter(({ variant }) => variant === index)
  const isDifferent = (load, base, head, order) =>
    Object.values(judge(load, base, head, order)).some(
      (finding) => finding === 'worse' || finding === 'better',
    )
  const equal = Object.keys(loads).flatMap((load) => {
    const pool = of(variants.findIndex((variant) => variant.load === load && variant.percent === 0))
    const inOrder = () => draw(pool, 2 * RUNS, random).sort((one, other) => (one.at < other.at ? -1 : 1))
    return [
      { drawn: 'at random', ...countPairs(() => split(draw(pool, 2 * RUNS, random), 'in turn')) },
      { drawn: 'in turn', ...countPairs(() => split(inOrder(), 'in turn')) },
      { drawn: 'apart', ...countPairs(() => split(inOrder(), 'apart')) },
    ].map((row) => ({ load, runs: pool.length, ...row }))
    function countPairs(makePair) {
      let different = 0
      for (let n = 0; n < PAIRS; n++) {
        const { base, head, order } = makePair()
        if (isDifferent(load, base, head, order)) different++
      }
      return { pairs: PAIRS, different }
    }
  })
  const slowed = variants.flatMap((variant, index) => {
    if (variant.percent === 0) return []
    const pool = of(variants.findIndex(({ load, percent }) => load === variant.load && percent === 0))
    const slow = of(index)
    const found = [RUNS, ...FEWER].map((size) => {
      let count = 0
      for (let n = 0; n < TRIALS; n++) {
        const [base, head] = [draw(pool, size, random), draw(slow, size, random)]
        if (judge(variant.load, base, head, 'alternating')[variant.what] === 'worse') count++
      }
      return count
    })
    const column = loads[variant.load].indexOf(variant.what)
    const change =
      median(slow.map(({ values }) => values[column])) / median(pool.map(({ values }) => values[column])) - 1
    return [{ ...variant, runs: slow.length, change, trials: TRIALS, found }]
  })
  return { equal, slowed }
}

/** The first of each two to one side and then to the other, or the first half to the one. */
function split(runs, order) {
  const isBase = (at) => (order === 'apart' ? at < RUNS : at % 4 === 0 || at % 4 === 3)
  return {
    base: runs.filter((_, at) => isBase(at)),
    head: runs.filter((_, at) => !isBase(at)),
    order: order === 'apart' ? 'apart' : 'alternating',
  }
}

function draw(pool, size, random) {
  if (pool.length < size)
    throw new Error(`the pool has ${pool.length} runs of a kind, and a set takes ${size}: more rounds`)
  const left = [...pool]
  return Array.from({ length: size }, () => left.splice(Math.floor(random() * left.length), 1)[0])
}

function median(values) {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2
}

/** The tables, as the README has them. */
export function formatTables({ equal, slowed }) {
  const percent = (share) => `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)} %`
  const work = ({ burnUs, every }) => `${burnUs} µs ${every === 1 ? 'a message' : `every ${every} messages`}`
  return [
    '| equal sets of ten | drawn from | pairs | called different |',
    '| --- | --- | ---: | ---: |',
    ...equal.map(
      ({ load, drawn, runs, pairs, different }) =>
        `| ${load === 'open' ? 'with a rate' : 'without'} | ${runs} runs, ${DRAWN[drawn]} | ${pairs} | ${different} |`,
    ),
    '',
    '| slowed server | work added | measured change | found of 20, ten runs a side | five | three |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...slowed.map(
      ({ what, load, change, found, ...variant }) =>
        `| ${what}, ${load === 'open' ? 'with a rate' : 'without'} | ${work(variant)} | ${percent(change)} | ${found.join(' | ')} |`,
    ),
    '',
    ...['messages/s', 'P50', 'P99'].map((what) => `- ${what}: ${describeSmallest(what, slowed, percent)}`),
  ].join('\n')
}

/** The smallest slowdown from which on every one of its kind was found in 18 of 20. */
function describeSmallest(what, slowed, percent) {
  const kind = slowed.filter((variant) => variant.what === what)
  const missed = kind.findLastIndex(({ found }) => found[0] < ENOUGH)
  const smallest = kind[missed + 1]
  if (smallest === undefined) return `none of these was found in ${ENOUGH} of ${TRIALS}`
  return `the smallest that was found in ${ENOUGH} of ${TRIALS} is ${percent(smallest.change)}`
}
const ENOUGH = 18

const DRAWN = {
  'at random': 'at random',
  'in turn': 'in the order of time, dealt out in turn',
  apart: 'in the order of time, the first ten against the others',
}
