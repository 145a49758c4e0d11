#!/usr/bin/env node
/**
 * Breaks one formula of the built program at a time, in a copy, and runs the case of the accuracy suite that must notice.
 * Prints one line a mutant; exit code 1 when one stays green. --only TEXT: mutants with it in their name; --bin FILE.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { BIN } from '../bench/contestants.mjs'
import { stopAll } from '../bench/processes.mjs'
import { createSetup, measureCase, measureFloor } from './measure.mjs'
import { MUTATIONS } from './mutations.mjs'

const PATIENCE_MS = 3000
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const { values: options } = parseArgs({
  options: { only: { type: 'string', default: '' }, bin: { type: 'string', default: BIN } },
})

async function main(folder) {
  const dist = copyProgram(folder)
  const setup = createSetup(join(dist, 'bin.js'), PATIENCE_MS)
  const floor = await measureFloor(setup)
  const mutations = MUTATIONS.filter(({ name }) => name.includes(options.only))
  let wrong = 0
  const healthy = new Map()
  for (const mutation of mutations) {
    if (!healthy.has(mutation.case))
      healthy.set(mutation.case, await measureCase(mutation.case, setup, floor))
    const before = judge(healthy.get(mutation.case), mutation)
    const after =
      before === 'green' ? await withMutation(dist, mutation, () => tryMutant(mutation, setup, floor)) : ''
    if (after !== 'red') wrong++
    const verdict = before === 'green' ? after : `${before} without the mutation: nothing can be said`
    process.stdout.write(`${mutation.name.padEnd(44)} ${mutation.case.padEnd(22)} ${verdict}\n`)
  }
  process.stdout.write(`\n${mutations.length} mutants, ${mutations.length - wrong} red\n`)
  if (wrong > 0) process.exitCode = 1
}

/** dist beside what it reads of its package. */
function copyProgram(folder) {
  const dist = join(folder, 'dist')
  cpSync(dirname(options.bin), dist, { recursive: true })
  for (const name of ['package.json', 'reports', 'scenarios']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return dist
}

async function withMutation(dist, { name, file, from, to }, act) {
  const path = join(dist, file)
  const text = readFileSync(path, 'utf8')
  const changed = text.replace(from, () => to)
  if (changed === text) throw new Error(`mutation '${name}': ${file} has no such line`)
  writeFileSync(path, changed)
  try {
    return await act()
  } finally {
    writeFileSync(path, text)
  }
}

async function tryMutant(mutation, setup, floor) {
  try {
    return judge(await measureCase(mutation.case, setup, floor, 0), mutation)
  } catch (error) {
    // A program that does not run at all shows nothing about the row.
    return `did not run: ${error.message.split('\n')[0]}`
  }
}

function judge({ rows }, { figure }) {
  const watched = rows.filter((row) => figure.test(row.figure))
  if (watched.length === 0) return 'no such row'
  return watched.some(({ ok }) => !ok) ? 'red' : 'green'
}

for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    process.stderr.write(`ended by ${signal}\n`)
    process.exit(signal === 'SIGINT' ? 130 : 143)
  })
const folder = mkdtempSync(join(tmpdir(), 'stress-mutants-'))
process.on('exit', () => {
  stopAll()
  rmSync(folder, { recursive: true, force: true })
})
await main(folder).catch((error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
process.exit()
