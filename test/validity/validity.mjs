#!/usr/bin/env node
/**
 * A laboratory for the verdict: starves generators and overloads servers on purpose, and counts how often the report
 * says which it was. Needs two cores, taskset and Linux. Uses dist/: build first. Options: --help.
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { stopAll, whyNotPinned } from '../bench/processes.mjs'
import { CASES } from './cases.mjs'
import { waitForQuiet, watchOthers } from './other-load.mjs'
import { runCase } from './run-case.mjs'
import { formatCase, formatSummary } from './table.mjs'

const HELP = `node test/validity/validity.mjs [options]
  --case NAME    only cases whose name begins so (G1, W5-shared-open); repeatable
  --runs 20      of each case
  --retries 2    of a run while which others used over 10 % of a core; after these it counts as disturbed
  --patience 0   seconds to wait before each run for a machine that others leave alone
  --dist DIR     the built program (dist)
  --json         every run's figures, for machines
  --list         the cases
`
const { values: options } = parseArgs({
  options: {
    case: { type: 'string', multiple: true, default: [] },
    runs: { type: 'string', default: '20' },
    retries: { type: 'string', default: '2' },
    patience: { type: 'string', default: '0' },
    dist: { type: 'string', default: fileURLToPath(new URL('../../dist', import.meta.url)) },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

async function main() {
  const bin = join(resolve(options.dist), 'bin.js')
  if (!existsSync(bin)) throw new Error(`${bin} is not there: npm run build, or --dist`)
  const unpinned = whyNotPinned()
  if (unpinned !== null) throw new Error(`the cases need two cores of their own: ${unpinned}`)
  const runs = Number(options.runs)
  if (!(runs >= 1)) throw new Error(`--runs '${options.runs}': a number above 0`)
  const chosen = CASES.filter(
    ({ name }) => options.case.length === 0 || options.case.some((prefix) => name.startsWith(prefix)),
  )
  if (chosen.length === 0)
    throw new Error(`no such case; there are: ${CASES.map(({ name }) => name).join(' ')}`)
  const done = []
  for (const one of chosen) {
    const skipped = whySkipped(one)
    const results = []
    for (let n = 0; n < runs && skipped === null; n++) {
      results.push(await runQuietly(one, bin, Number(options.retries)))
    }
    done.push({ ...one, skipped, results })
    if (!options.json) process.stdout.write(formatCase(done.at(-1)))
  }
  process.stdout.write(options.json ? `${JSON.stringify(done, null, 1)}\n` : formatSummary(done))
  return done.every(({ results }) => results.every(({ right, disturbed }) => right || disturbed))
}

/** Cores that others may use before a run is disturbed. */
const MAX_OTHERS = 0.1

async function runQuietly(one, bin, retries) {
  await waitForQuiet(MAX_OTHERS, Number(options.patience))
  const since = watchOthers()
  const result = await runCase(one, bin)
  const others = since()
  if (others > MAX_OTHERS && retries > 0) return runQuietly(one, bin, retries - 1)
  return { ...result, others, disturbed: others > MAX_OTHERS, right: isRight(one.expect, result) }
}

function whySkipped({ ports }) {
  return ports !== null && process.getuid() !== 0 ? 'a network of its own needs the superuser' : null
}

/** Every test of the run is as expected; `or` is another answer that is right too. */
function isRight(expect, result) {
  const { state, limitedBy, codes, exit, or } = expect
  const fits =
    exit.includes(result.code) &&
    result.tests.length > 0 &&
    result.tests.every(
      (test) =>
        state.includes(test.state) &&
        limitedBy.includes(test.limitedBy) &&
        (codes === undefined || test.reasons.some(({ code }) => codes.includes(code))),
    )
  return fits || (or !== undefined && isRight(or, result))
}

for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => process.exit(signal === 'SIGINT' ? 130 : 143))
process.on('exit', stopAll)
if (options.help) process.stdout.write(HELP)
else if (options.list) process.stdout.write(`${CASES.map(({ name }) => name).join('\n')}\n`)
else
  process.exitCode = await main().then(
    (right) => (right ? 0 : 1),
    (error) => {
      process.stderr.write(`${error.message}\n`)
      return 2
    },
  )
