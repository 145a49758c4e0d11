/** What `--debug` shows of one connection: nothing secret, and nothing that drives a terminal. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { debugConnection } from '../../src/run/debug.ts'
import { resolve } from '../plan/resolve.ts'

let server: WebSocketServer | null = null
afterEach(() => {
  server?.close()
})

async function debug(url: string, ...options: string[]): Promise<{ code: number; shown: string }> {
  const { plan } = resolve(url, '--debug', ...options)
  let shown = ''
  const write = (text: string) => {
    shown += text
  }
  const code = await debugConnection(plan.tests[0]!, { signal: new AbortController().signal, write })
  return { code, shown }
}

/** Lines that are shown with a server that answers each message with `reply`. */
async function show(
  reply: (message: Buffer, isBinary: boolean) => string | Buffer,
  ...options: string[]
): Promise<string[]> {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer, isBinary) => socket.send(reply(data, isBinary)))
  })
  await once(server, 'listening')
  const { code, shown } = await debug(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, ...options)
  expect(code).toBe(0)
  return shown.split('\n')
}

/** Of the lines about frames, what is sent and received, without the times. */
function framesIn(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /[←→] (?:text|binary) .*/.exec(line) ?? [])
}

const echo = (message: Buffer): Buffer => message

describe('a token', () => {
  test.each([
    ['longer than what is shown', 'SECRET'.repeat(40), ['--on-open', '{"auth":"{token}"}']],
    ['that begins where the line is cut', 'SECRET', ['--payload', `${'x'.repeat(197)}{token} {seq}`]],
    ['with a quote and a backslash', 'SEC"RET\\SECRET', ['--on-open', 'auth {token}']],
  ])('%s is not shown, nor a part of it', async (_name, token, options) => {
    const lines = await show((message) => message.toString(), '--token', token, ...options)
    expect(framesIn(lines).filter((line) => line.includes('…')).length).toBeGreaterThanOrEqual(2)
    expect(lines.join('\n')).not.toMatch(/SEC|RET/)
  })

  it('is not shown in JSON that the server wrote', async () => {
    const token = 'SEC"RET\\/7'
    const reply = (message: Buffer) => JSON.stringify({ you: JSON.stringify({ said: message.toString() }) })
    const lines = await show(reply, '--token', token, '--payload', 'auth {token} {seq}')
    expect(framesIn(lines)[1]).toContain('auth … ')
    expect(lines.join('\n')).not.toMatch(/SEC|RET/)
  })

  it('is not shown in hex', async () => {
    const lines = await show(echo, '--token', 'SECRETTOKEN', '--binary', '--on-open', 'auth {token}')
    const hex = Buffer.from('auth ').toString('hex')
    expect(framesIn(lines)).toEqual(
      expect.arrayContaining([`→ binary 16 B ${hex}…`, `← binary 16 B ${hex}…`]),
    )
    expect(lines.join('\n')).not.toContain(Buffer.from('SECRETTOKEN').toString('hex').slice(0, 8))
  })
})

describe('a frame', () => {
  it('is shown in one line that holds no control character', async () => {
    const evil = 'A\x1b[31m \x9b31m \u202eB \x7f \x85 \u2028 \r\n 用户 é'
    const lines = await show(() => evil)
    expect(framesIn(lines)[1]).toBe(
      `← text ${Buffer.byteLength(evil)} B "A\\u001b[31m \\x9b31m \\u202eB \\x7f \\x85 \\u2028 \\r\\n 用户 é"`,
    )
  })

  test.each([
    ['text', 'x'.repeat(201), `"${'x'.repeat(200)}"…`],
    ['binary', Buffer.alloc(201, 0xab), `${'ab'.repeat(200)}…`],
  ])('of %s is cut', async (kind, reply, shown) => {
    expect(framesIn(await show(() => reply))[1]).toBe(`← ${kind} 201 B ${shown}`)
  })
})

it('a token in an address to which the server sends on is not shown', async () => {
  const token = 'SEC/RET'
  const http = createServer().on('upgrade', (_request, socket) => {
    socket.end(`HTTP/1.1 302 Found\r\nLocation: /login/${encodeURIComponent(token)}\r\n\r\n`)
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/{token}`
  const { code, shown } = await debug(url, '--token', token)
  http.close()
  expect(code).toBe(3)
  expect(shown).toContain('upgrade-status 302 -> ')
  expect(shown).not.toMatch(/SEC|RET/)
})

it('headers, query values and a password that the server sends back are not shown', async () => {
  const tell = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server = tell
  tell.on('connection', (socket, { url, headers }) => {
    const { authorization, 'x-api-key': key } = headers
    socket.on('message', () => socket.send(JSON.stringify({ url, authorization, key })))
  })
  await once(tell, 'listening')
  const { port } = tell.address() as AddressInfo
  const basic = Buffer.from('usr:PWSECRET').toString('base64')
  const first = await debug(`ws://usr:PWSECRET@127.0.0.1:${port}/x?key=QSECRET`, '-H', 'X-Api-Key: KEYSECRET')
  const second = await debug(`ws://127.0.0.1:${port}/`, '-H', 'Authorization: Bearer LITSECRET')
  expect([first.code, second.code]).toEqual([0, 0])
  expect(first.shown + second.shown).not.toMatch(new RegExp(`SECRET|${basic}`))
})

it('of a server that only pings, a ping is what was waited for', async () => {
  const pinging = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server = pinging
  pinging.on('connection', (socket) => socket.ping())
  await once(pinging, 'listening')
  const { port } = pinging.address() as AddressInfo
  const { code, shown } = await debug(`ws://127.0.0.1:${port}/`, '--dialect', 'heartbeat')
  expect([code, shown]).toEqual([0, expect.stringContaining('ping, answered with pong')])
})
