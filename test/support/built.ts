/** Starts the built program, for what only a process of its own can show. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { RunResult } from '../../src/result/run-result.ts'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

export interface BuiltRun {
  readonly code: number | null
  readonly stderr: string
  readonly result: RunResult
}

/** Runs `stress … --json` behind a shell prefix that ends in `exec`, such as `ulimit -n 200; exec`. */
export function runBuilt(prefix: string, args: string): Promise<BuiltRun> {
  const line = `${prefix} '${process.execPath}' '${BIN}' ${args} --json --no-progress`
  return new Promise((resolve, reject) => {
    const options = { timeout: 25_000, env: { ...process.env, GITHUB_STEP_SUMMARY: '' } }
    execFile('sh', ['-c', line], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null
      try {
        resolve({ code, stderr, result: JSON.parse(stdout) as RunResult })
      } catch {
        reject(new Error(`no result, code ${code}: ${stderr}${stdout}`))
      }
    })
  })
}
