#!/usr/bin/env node
/**
 * Holds every published figure against what a truth server logged, case by case, and prints one row a figure. Exit code 1
 * when a row fails, 3 when the machine was too busy to judge some. Options: --help.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { BIN } from '../bench/contestants.mjs'
import { stopAll } from '../bench/processes.mjs'
import { CASES } from './cases.mjs'
import { createSetup, measureCase, measureFloor } from './measure.mjs'
import { describeRow, formatFloor, formatMarkdown, formatSummary } from './table.mjs'

const HELP = `node test/accuracy/accuracy.mjs [options]
  --case NAME      one case; repeatable: ${Object.keys(CASES).join(' ')}
  --json FILE      every row, for machines
  --markdown FILE  the table as Markdown
  --patience 3     seconds to wait before each run for a machine that does nothing else
  --failed         prints only the rows that fail
  --bin FILE       the built bin.js to test (this checkout's dist/bin.js)
`
/** Exit code when rows were out of their bounds only in runs that had to wait for a core, or the floor had to. */
const NOT_JUDGED = 3

const { values: options } = parseArgs({
  options: {
    case: { type: 'string', multiple: true, default: Object.keys(CASES) },
    json: { type: 'string' },
    markdown: { type: 'string' },
    patience: { type: 'string', default: '3' },
    failed: { type: 'boolean', default: false },
    bin: { type: 'string', default: BIN },
    help: { type: 'boolean', default: false },
  },
})

async function main() {
  const setup = createSetup(options.bin, Number(options.patience) * 1000)
  for (const name of options.case) if (!(name in CASES)) throw new Error(`no case '${name}'`)
  const floor = await measureFloor(setup)
  process.stdout.write(formatFloor(floor, setup.unpinned))
  const cases = []
  for (const name of options.case) {
    const done = await measureCase(name, setup, floor)
    cases.push(done)
    for (const row of done.rows)
      if (!options.failed || !row.ok) process.stdout.write(`${describeRow(name, row)}\n`)
    if (done.note !== '') process.stdout.write(`${name}: ${done.note}\n`)
  }
  process.stdout.write(formatSummary(cases))
  const taken = { takenAt: new Date().toISOString(), unpinned: setup.unpinned, floor, cases }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(taken, null, 2)}\n`)
  if (options.markdown !== undefined) writeFileSync(options.markdown, formatMarkdown(taken))
  const bad = cases.flatMap(({ rows }) => rows.filter(({ ok }) => !ok))
  if (bad.some(({ isOpen }) => !isOpen)) process.exitCode = 1
  else if (bad.length > 0 || floor.quiet === 0) process.exitCode = NOT_JUDGED
}

for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    process.stderr.write(`ended by ${signal}\n`)
    process.exit(signal === 'SIGINT' ? 130 : 143)
  })
process.on('exit', stopAll)
if (options.help) {
  process.stdout.write(HELP)
} else {
  await main().catch((error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
}
process.exit()
