#!/usr/bin/env node
/**
 * Takes each check of the frame reader and of the handshake out, one at a time, and runs the conformance table:
 * at least one row must turn red. Exit code 1 if a check can go unnoticed. node test/websocket/mutants.mjs [src/file.ts …]
 */
import { spawn } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseAst } from 'vite'
import { compile, makeFolder } from './compiled.mjs'

/** A mutant that has not said anything by then hangs, which is noticed too. */
const DEADLINE_MS = 60_000
const TABLE = 'test/websocket/conformance/red-rows'

/** What changes no event and no fault, and why. */
const WITHOUT_EFFECT = new Map([
  ['without at < until: at < until && !this.#stopped', 'keeps an empty start of a frame instead of none'],
  ['<= in: at < until', 'the same'],
  ['>= in: first > 127', '127 has reserved bits, and is refused for them'],
  ['never: if (final && opcode !== 0 && until - payload >= length)', 'speed: whole messages are not copied'],
  ['> in: until - payload >= length', 'speed: the same at the end of a read'],
  ['<= in: this.#message.length < needed', 'speed: one more allocation'],
  ['never: this.#final ? needed + this.#remaining : 2 * needed', 'speed: more allocations'],
  ['never: if (!this.#collect(bytes, at, stop))', 'no row shares a budget: frame-reader.test.ts does'],
  ['never: if (this.#budget?.take(size - this.#message.length) === false)', 'the same'],
])

/** Every way to take a check out of this source: `{ at, text, label }`, a replacement of source[at[0], at[1]). */
function findMutations(source) {
  const found = []
  const words = (node) => source.slice(node.start, node.end).replace(/\s+/g, ' ')
  const replace = (node, text, label) => found.push({ at: [node.start, node.end], text, label })
  const BOUNDS = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' }
  function visit(node) {
    if (node.type === 'IfStatement') replace(node.test, 'false', `never: if (${words(node.test)})`)
    if (node.type === 'ConditionalExpression') {
      replace(node, `(${words(node.consequent)})`, `always: ${words(node)}`)
      replace(node, `(${words(node.alternate)})`, `never: ${words(node)}`)
    }
    if (node.type === 'LogicalExpression' && node.operator !== '??') {
      replace(node, `(${words(node.right)})`, `without ${words(node.left)}: ${words(node)}`)
      replace(node, `(${words(node.left)})`, `without ${words(node.right)}: ${words(node)}`)
    }
    if (node.type === 'BinaryExpression' && node.operator in BOUNDS) {
      const other = BOUNDS[node.operator]
      replace(node, `(${words(node.left)} ${other} ${words(node.right)})`, `${other} in: ${words(node)}`)
    }
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (child !== null && typeof child === 'object' && typeof child.type === 'string') visit(child)
      }
    }
  }
  visit(parseAst(source))
  return found
}

/** Red rows of the compiled table in `tree`, in a process of its own: `{ red }`, or `{ failed }` for a hang or a crash. */
function runTable(tree) {
  const program = `import { findRedRows } from ${JSON.stringify(`file://${join(tree, `${TABLE}.js`)}`)}
    console.log(JSON.stringify(await findRedRows())); process.exit(0)`
  const child = spawn(process.execPath, ['--max-old-space-size=512', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  const deadline = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS)
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(deadline)
      if (code === 0) resolve({ red: JSON.parse(out) })
      else resolve({ failed: signal === 'SIGKILL' ? 'hangs' : 'crashes' })
    })
  })
}

/** Tries jobs until none is left, in a copy of the compiled sources of its own. */
async function work(healthy, jobs, onVerdict) {
  const tree = makeFolder()
  cpSync(healthy, tree, { recursive: true, filter: (from) => from !== join(healthy, 'node_modules') })
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const { path, source, at, text, label } = job
    writeFileSync(join(tree, path), source.slice(0, at[0]) + text + source.slice(at[1]))
    onVerdict(label, await runTable(tree))
    writeFileSync(join(tree, path), source)
  }
}

const named = process.argv.slice(2)
const files = named.length > 0 ? named : ['src/websocket/frame-reader.ts', 'src/websocket/handshake.ts']
const healthy = compile([`${TABLE}.ts`])
const asItIs = await runTable(healthy)
if (asItIs.red?.length !== 0) throw new Error(`the table is not green as it is: ${JSON.stringify(asItIs)}`)

const jobs = files.flatMap((file) => {
  const path = file.replace(/\.ts$/, '.js')
  const source = readFileSync(join(healthy, path), 'utf8')
  return findMutations(source).map((mutation) => ({ ...mutation, path, source }))
})
const count = { all: jobs.length, excused: 0, unseen: 0 }
function onVerdict(label, { red = [], failed }) {
  const isUnseen = red.length === 0 && failed === undefined
  const excuse = isUnseen ? WITHOUT_EFFECT.get(label) : undefined
  if (excuse !== undefined) count.excused++
  else if (isUnseen) count.unseen++
  const verdict = failed ?? `${red.length} red`
  console.log(`${verdict.padStart(8)}  ${label}${excuse === undefined ? '' : `  (${excuse})`}`)
}
await Promise.all(
  Array.from({ length: Math.min(4, availableParallelism()) }, () => work(healthy, jobs, onVerdict)),
)
const seen = count.all - count.excused - count.unseen
console.log(
  `${count.all} checks taken out: ${seen} seen, ${count.excused} without effect, ${count.unseen} unseen`,
)
if (count.unseen > 0) process.exitCode = 1
