/** A program that uses the library ends when it has nothing more to do, and says only what it says itself. Needs dist. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

const LIBRARY = new URL('../../dist/index.js', import.meta.url).href

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** The program's end, which it has to come to by itself. */
async function runProgram(...lines: string[]): Promise<Ended> {
  const program = [`import * as stress from '${LIBRARY}'`, ...lines].join('\n')
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, GITHUB_STEP_SUMMARY: '/nowhere/summary.md', STRESS_CONNECTIONS: '7' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, signal, stdout, stderr }
}

it('after runs with a demo server, with a command, and with a dialect that is an object', async () => {
  const ended = await runProgram(
    'const small = { connections: 3, messages: 2, requireValid: false }',
    "await stress.run({ ...small, thresholds: ['error_ratio==0'] })",
    "await stress.run({ ...small, dialect: { name: 'mine', audience: 'sender' } })",
    "await stress.run({ ...small, testType: 'all', duration: 0.3 })",
    "process.stdout.write('the end')",
  )
  expect(ended).toEqual({ code: 0, signal: null, stdout: 'the end', stderr: '' })
})

it('after a run that was aborted, refused or broken by a callback', async () => {
  const ended = await runProgram(
    'const long = { connections: 3, rate: 100, duration: 60 }',
    'const abort = new AbortController()',
    "const onProgress = ({ phase }) => phase === 'hold' && abort.abort()",
    'const { status } = await stress.run(long, { signal: abort.signal, onProgress })',
    'const refused = await stress.run({ ...long, rate: -1 }).catch(({ name }) => name)',
    "const fail = () => { throw new Error('mine') }",
    'const broken = await stress.run(long, { onProgress: fail }).catch(({ message }) => message)',
    "process.stdout.write([status, refused, broken].join(' '))",
  )
  expect(ended).toEqual({ code: 0, signal: null, stdout: 'aborted UsageError mine', stderr: '' })
})

it('with its own exit code, whatever the result has', async () => {
  const ended = await runProgram(
    "const { exitCode } = await stress.run({ url: 'ws://127.0.0.1:9', connections: 1, messages: 1 })",
    'process.stdout.write(String(exitCode))',
  )
  expect(ended).toEqual({ code: 0, signal: null, stdout: '3', stderr: '' })
})
