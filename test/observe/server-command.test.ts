import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { RunError } from '../../src/errors.ts'
import { type ServerProcess, startCommand } from '../../src/observe/server-process.ts'
import { addressOf } from '../../src/observe/wait-for-port.ts'
import { isRunning, until } from './child.ts'

const NODE = process.execPath
const HOOKS = new URL('./typescript-hooks.mjs', import.meta.url).href
const SERVER_PROCESS = new URL('../../src/observe/server-process.ts', import.meta.url).href
const TIME = { timeoutUs: 20_000_000 }

let server: ServerProcess | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** Answers each request with its own process id. */
function serverCode(port: number): string {
  return `require('node:http').createServer((q, r) => r.end(String(process.pid))).listen(${port}, '127.0.0.1')`
}

async function askPid(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
  return Number(await response.text())
}

describe('startCommand', () => {
  test('waits until the server accepts connections, and stop ends it', async () => {
    const port = await freePort()
    server = await startCommand(
      [NODE, '-e', `setTimeout(() => ${serverCode(port)}, 200)`],
      `ws://127.0.0.1:${port}/ws`,
      TIME,
    )
    expect(await askPid(port)).toBe(server.pid)
    expect(server.isAlive()).toBe(true)
    await server.stop()
    expect(isRunning(server.pid)).toBe(false)
  })

  test.runIf(process.platform === 'linux')(
    'behind a shell it is the server that is measured, and it ends with the shell',
    async () => {
      const port = await freePort()
      const command = ['sh', '-c', `sleep 100 & "${NODE}" -e "${serverCode(port)}"; true`]
      server = await startCommand(command, `ws://127.0.0.1:${port}`, TIME)
      expect(await askPid(port)).toBe(server.pid)
      await server.stop()
      await until(() => !isRunning(server!.pid))
    },
  )

  test('a server that ignores SIGTERM is ended all the same', async () => {
    const port = await freePort()
    const stubborn = `process.on('SIGTERM', () => {}); ${serverCode(port)}`
    server = await startCommand([NODE, '-e', stubborn], `ws://127.0.0.1:${port}`, TIME)
    await server.stop()
    expect(isRunning(server.pid)).toBe(false)
  })

  test('reports a server that dies during the run, with its last lines', async () => {
    const port = await freePort()
    const crash = `${serverCode(port)}; process.on('SIGUSR2', () => { console.error('out of luck'); process.exit(5) })`
    server = await startCommand([NODE, '-e', crash], `ws://127.0.0.1:${port}`, TIME)
    const exit = new Promise((resolve) => server!.onExit(resolve))
    process.kill(server.pid, 'SIGUSR2')
    expect(await exit).toEqual({ exitCode: 5, signal: null })
    expect(await server.lastLines()).toBe('out of luck')
  })

  test('a server whose run exits without stopping it is ended', async () => {
    const port = await freePort()
    const code = `
      import { register } from 'node:module'
      register(${JSON.stringify(HOOKS)})
      const { startCommand } = await import(${JSON.stringify(SERVER_PROCESS)})
      const argv = [process.execPath, '-e', ${JSON.stringify(serverCode(port))}]
      const { pid } = await startCommand(argv, 'ws://127.0.0.1:${port}', { timeoutUs: 20_000_000 })
      console.log(pid)
      process.exit(0)`
    const parent = spawn(NODE, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [text] = await once(parent.stdout, 'data')
    await until(() => !isRunning(Number(text)))
  })

  test('a command that ends first is a RunError with its exit code and last lines, without its arguments', async () => {
    const port = await freePort()
    const start = startCommand(
      [NODE, '-e', "console.error('no database'); process.exit(4)", '--', '--token=secret'],
      `ws://127.0.0.1:${port}`,
      TIME,
    )
    await expect(start).rejects.toBeInstanceOf(RunError)
    await expect(start).rejects.toThrow(
      `the server command '${NODE}' ended with exit code 4 before it accepted connections; its last lines:\nno database`,
    )
    await expect(start).rejects.not.toThrow('secret')
  })

  test('a command that never listens is ended when the time is up', async () => {
    const port = await freePort()
    const start = startCommand([NODE, '-e', 'setInterval(() => {}, 1e6)'], `ws://127.0.0.1:${port}`, {
      timeoutUs: 300_000,
    })
    await expect(start).rejects.toThrow(`did not accept connections at 127.0.0.1 port ${port} within 0.3 s`)
  })

  test('an interruption ends the wait', async () => {
    const port = await freePort()
    const start = startCommand([NODE, '-e', 'setInterval(() => {}, 1e6)'], `ws://127.0.0.1:${port}`, {
      ...TIME,
      signal: AbortSignal.timeout(100),
    })
    await expect(start).rejects.toThrow('interrupted')
  })

  test('a program that does not exist is a RunError', async () => {
    const port = await freePort()
    const start = startCommand(['no-such-program-here'], `ws://127.0.0.1:${port}`, TIME)
    await expect(start).rejects.toThrow(
      new RunError("the server command 'no-such-program-here' cannot be started: no such program"),
    )
  })

  test('a port that is taken before is a RunError, and nothing is started', async () => {
    const other = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const start = startCommand(['no-such-program-here'], `ws://127.0.0.1:${port}`, TIME)
    await expect(start).rejects.toThrow(`127.0.0.1 port ${port} already accepts connections before`)
    other.close()
  })
})

test.each([
  ['ws://127.0.0.1:9001', '127.0.0.1', 9001],
  ['ws://example.org/chat?user={client}', 'example.org', 80],
  ['wss://example.org', 'example.org', 443],
  ['ws://[::1]:8080/ws', '::1', 8080],
])('addressOf(%s) is %s port %i', (url, host, port) => {
  expect(addressOf(url)).toEqual({ host, port })
})
