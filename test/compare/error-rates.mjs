#!/usr/bin/env node
/**
 * Measures how often `stress compare` is wrong: collects a pool of real runs (about 15 minutes on two quiet cores; a
 * second start goes on where the first was ended), draws sets from it, counts, and writes the tables into README.md. Needs two cores, taskset and Linux. Uses
 * dist/: build first.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { stopAll, whyNotPinned } from '../bench/processes.mjs'
import { collectPool, waitForCurrentRun } from './collect-pool.mjs'
import { createJudge, createRandom, SEED } from './judge-sets.mjs'
import { formatTables, measureErrorRates } from './resample.mjs'

const POOL = fileURLToPath(new URL('./pool.json', import.meta.url))
const README = fileURLToPath(new URL('../../README.md', import.meta.url))

const HELP = `node test/compare/error-rates.mjs [options]
  --rounds 20       of 15 runs each
  --pool FILE       where the runs are kept (test/compare/pool.json); remove it to begin anew
  --table           only draw from the pool that is there
  --even-busy       keep runs that others disturbed, or that are not valid`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    pool: { type: 'string', default: POOL },
    table: { type: 'boolean', default: false },
    'even-busy': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

async function main() {
  if (values.help) return console.log(HELP)
  const why = values.table ? null : whyNotPinned()
  if (why !== null) throw new Error(`server and generator cannot be tied to a core each: ${why}`)
  const pool = values.table
    ? JSON.parse(readFileSync(values.pool, 'utf8'))
    : await collectPool(values.pool, {
        rounds: Number(values.rounds),
        evenBusy: values['even-busy'],
        log: (text) => console.error(text),
      })
  const dist = (name) => import(new URL(`../../dist/compare/${name}.js`, import.meta.url))
  const modules = {
    ...(await dist('compare-figure')),
    ...(await dist('figures')),
    ...(await dist('compare-runs')),
    ...(await dist('default-margin')),
  }
  const rates = measureErrorRates(pool, createJudge(modules, pool.loads), createRandom(SEED))
  const tables = formatTables(rates)
  console.log(tables)
  if (values.pool === POOL) writeReadme(tables)
  const { cpu, cores, system, node } = pool.machine
  console.log(`\n${cpu}, ${cores} cores, ${system}, Node ${node}; ${pool.leftOut} runs left out`)
}

/** Between its two marks, where a test holds it against the pool. */
function writeReadme(tables) {
  const text = readFileSync(README, 'utf8')
  const marks = /(<!-- error rates -->\n).*?(\n<!-- end of error rates -->)/s
  writeFileSync(
    README,
    text.replace(marks, (_, before, after) => `${before}${tables}${after}`),
  )
}

process.once('exit', stopAll)
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, async () => {
    await waitForCurrentRun()
    process.exit(130)
  })
if (!values.table && existsSync(values.pool)) console.error(`going on with ${values.pool}`)
await main()
