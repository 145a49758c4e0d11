/** Starts the built program, for what only a process of its own can show. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { RunResult } from '../../src/result/run-result.ts'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const DIST = new URL('../../dist/', import.meta.url).href

export interface BuiltRun {
  readonly code: number | null
  readonly stderr: string
  readonly result: RunResult
}

/**
 * Runs `stress … --json` behind a shell prefix that ends in `exec`, such as `ulimit -n 200; exec`. `held`: files that the
 * process finds open already.
 */
export function runBuilt(prefix: string, args: string, held = 0): Promise<BuiltRun> {
  return runForJson(`${prefix} '${process.execPath}' '${BIN}' ${args} --json --no-progress`, held)
}

/** The same through run/run.ts, which does not look at the machine's limits before. */
export function runUnchecked(prefix: string, args: string): Promise<BuiltRun> {
  const program = [
    `import { createPlan } from '${DIST}cli/create-plan.js'`,
    `import { run } from '${DIST}run/run.js'`,
    'const plan = await createPlan(process.argv.slice(1))',
    'process.stdout.write(JSON.stringify(await run(plan)))',
  ].join('; ')
  return runForJson(`${prefix} '${process.execPath}' --input-type=module -e "${program}" -- ${args}`, 0)
}

async function runForJson(line: string, held: number): Promise<BuiltRun> {
  const env = { ...process.env, GITHUB_STEP_SUMMARY: '' }
  const file = openSync('/dev/null', 'r')
  const child = spawn('sh', ['-c', line], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', ...Array<number>(held).fill(file)],
  })
  closeSync(file)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close') as Promise<[number | null]>,
  ])
  try {
    return { code, stderr, result: JSON.parse(stdout) as RunResult }
  } catch {
    throw new Error(`no result, code ${code}: ${stderr}${stdout}`)
  }
}
