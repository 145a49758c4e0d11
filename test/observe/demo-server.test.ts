import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { RunError } from '../../src/errors.ts'
import { type ServerProcess, startDemoServer } from '../../src/observe/server-process.ts'
import type { ServerExit } from '../../src/observe/supervised-child.ts'
import { isRunning, until } from './child.ts'

const BIN = fileURLToPath(new URL('./demo-bin.mjs', import.meta.url))
const HOOKS = new URL('./typescript-hooks.mjs', import.meta.url).href
const SERVER_PROCESS = new URL('../../src/observe/server-process.ts', import.meta.url).href
const folder = mkdtempSync(join(tmpdir(), 'stress-demo-'))
afterAll(() => rmSync(folder, { recursive: true }))

let demo: ServerProcess | undefined
afterEach(async () => {
  await demo?.stop()
  demo = undefined
})

/** A program in place of bin.js. */
function writeProgram(name: string, code: string): string {
  const path = join(folder, name)
  writeFileSync(path, code)
  return path
}

describe('startDemoServer', () => {
  test('gives a server in a process of its own that echoes, and stop ends it', async () => {
    demo = await startDemoServer({ binPath: BIN })
    expect(demo.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/)
    expect(demo.pid).not.toBe(process.pid)
    expect(demo.isAlive()).toBe(true)

    const client = new WebSocket(demo.url)
    await once(client, 'open')
    client.send('round')
    expect(String((await once(client, 'message'))[0])).toBe('round')

    const exits: ServerExit[] = []
    demo.onExit((exit) => exits.push(exit))
    const closed = once(client, 'close')
    await demo.stop()
    expect((await closed)[0]).toBe(1001)
    expect(isRunning(demo.pid)).toBe(false)
    expect(demo.isAlive()).toBe(false)
    expect(exits).toEqual([])
  })

  test('reports a server that dies, once, and to those who ask later too', async () => {
    demo = await startDemoServer({ binPath: BIN })
    const exits: ServerExit[] = []
    const first = new Promise<void>((resolve) => {
      demo!.onExit((exit) => {
        exits.push(exit)
        resolve()
      })
    })
    process.kill(demo.pid, 'SIGKILL')
    await first
    demo.onExit((exit) => exits.push(exit))
    expect(exits).toEqual([
      { exitCode: null, signal: 'SIGKILL' },
      { exitCode: null, signal: 'SIGKILL' },
    ])
    expect(demo.isAlive()).toBe(false)
  })

  test('a server that dies at the start is a RunError with its last lines', async () => {
    const binPath = writeProgram(
      'dies.mjs',
      "for (let i = 0; i < 30; i++) console.error('line ' + i); process.exitCode = 7",
    )
    const start = startDemoServer({ binPath })
    await expect(start).rejects.toBeInstanceOf(RunError)
    await expect(start).rejects.toThrow(
      /^the demo server ended with exit code 7 before it accepted connections; its last lines:\nline 20\n(line 2\d\n){8}line 29$/,
    )
  })

  test('an interruption ends the wait and the process', async () => {
    const binPath = writeProgram('waits.mjs', 'setInterval(() => {}, 1e6)')
    const start = startDemoServer({ binPath, signal: AbortSignal.timeout(50) })
    await expect(start).rejects.toThrow('interrupted')
  })

  test('without the built program it says how to build it', async () => {
    const start = startDemoServer({ binPath: join(folder, 'missing.js') })
    await expect(start).rejects.toThrow('npm run build')
  })

  test('settings of the environment for the command typed are not passed on', async () => {
    process.env.STRESS_PORT = '1'
    const binPath = writeProgram(
      'env.mjs',
      "console.error(Object.keys(process.env).filter((name) => name.startsWith('STRESS_')).length + ' settings')",
    )
    const start = startDemoServer({ binPath })
    await expect(start).rejects.toThrow('0 settings')
    delete process.env.STRESS_PORT
  })
})

/** A process that starts the demo server, prints its pid and then does `after`. */
async function startParent(after: string): Promise<{ parent: ReturnType<typeof spawn>; demoPid: number }> {
  const code = `
    import { register } from 'node:module'
    register(${JSON.stringify(HOOKS)})
    const { startDemoServer } = await import(${JSON.stringify(SERVER_PROCESS)})
    const demo = await startDemoServer({ binPath: ${JSON.stringify(BIN)} })
    console.log(demo.pid)
    ${after}`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [text] = await once(parent.stdout!, 'data')
  return { parent, demoPid: Number(text) }
}

describe('the demo server never outlives its parent', () => {
  test('when the parent is killed', async () => {
    const { parent, demoPid } = await startParent('setInterval(() => {}, 1e6)')
    expect(isRunning(demoPid)).toBe(true)
    parent.kill('SIGKILL')
    await until(() => !isRunning(demoPid))
  })

  test('when the parent exits without stopping it', async () => {
    const { parent, demoPid } = await startParent('process.exit(0)')
    await once(parent, 'exit')
    await until(() => !isRunning(demoPid))
  })

  test('and does not keep a parent alive that has nothing more to do', async () => {
    const { parent, demoPid } = await startParent('')
    const [code] = await once(parent, 'exit')
    expect(code).toBe(0)
    await until(() => !isRunning(demoPid))
  })
})
