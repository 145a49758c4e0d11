/** The completion in a real bash, which asks the built program. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BIN } from './stress.ts'

// The script needs mapfile, which the bash of macOS is too old for.
const hasBash = spawnSync('bash', ['-c', 'mapfile < /dev/null']).status === 0
const folder = mkdtempSync(join(tmpdir(), 'stress-completion-'))
beforeAll(() => symlinkSync(BIN, join(folder, 'stress')))
afterAll(() => rmSync(folder, { recursive: true }))

/** What Tab offers behind these words. */
function press(...words: readonly string[]): string[] {
  const script = `
    source <(stress completion bash)
    COMP_WORDS=(stress "$@"); COMP_CWORD=$#
    _stress_yargs_completions
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
  const output = execFileSync('bash', ['--norc', '-c', script, 'bash', ...words], { env, encoding: 'utf8' })
  return output.split('\n').filter((line) => line !== '')
}

describe.skipIf(!hasBash)(`in bash${hasBash ? '' : ' (skipped: there is none of version 4 here)'}`, () => {
  it('completes commands, options and their words', () => {
    expect(press('ver')).toEqual(['verify', 'version'])
    expect(press('--test-type', 'st')).toEqual(['storm'])
    expect(press('serve', 'echo', '--stall')).toEqual(['--stall', '--stall-every'])
  })

  it('leaves files to bash', () => {
    expect(press('-o', 'pack')).toEqual([])
  })
})
