import { PassThrough } from 'node:stream'
import { afterEach, expect, it } from 'vitest'
import { momentumSpeech } from '../../src/client/momentum-speech.ts'
import { plainSpeech } from '../../src/client/plain-speech.ts'
import type { Speech } from '../../src/client/speech.ts'
import { converseOnTerminal } from '../../src/client/terminal.ts'
import { FakeScheduler } from './fake-scheduler.ts'
import { Screen } from './screen.ts'
import { type ScriptedServer, startScriptedServer } from './scripted-server.ts'

const servers: ScriptedServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function open(speech: Speech = plainSpeech, color = false) {
  const server = await startScriptedServer((text, socket) => socket.send(text))
  servers.push(server)
  const input = new PassThrough()
  const screen = new Screen(100)
  let raw = ''
  const write = screen.write.bind(screen)
  const changed = new Set<() => void>()
  screen.write = (chunk: string | Buffer) => {
    raw += chunk.toString()
    const goesOn = write(chunk)
    for (const listener of changed) listener()
    return goesOn
  }
  const abort = new AbortController()
  const scheduler = new FakeScheduler()
  const ended = converseOnTerminal(
    {
      session: {
        url: server.url,
        headers: [],
        subprotocols: [],
        insecure: false,
        maxRetries: 5,
        heartbeatMs: null,
      },
      speech,
      shownUrl: 'ws://shown',
      color,
    },
    { input, output: screen, scheduler, signal: abort.signal },
  )
  /** Resolves once `text` stands on the screen, broken into lines or not. */
  const sees = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!screen.lines().join('').includes(text)) return
        changed.delete(look)
        resolve()
      }
      changed.add(look)
      look()
    })
  await sees('connected')
  return { server, input, screen, abort, ended, sees, scheduler, raw: () => raw }
}

it('shows what is sent, what comes back and how it ended', async () => {
  const { input, screen, ended, sees, server } = await open()
  input.write('text hi\r')
  await sees('text hihi')
  input.write('json {"a":}\r')
  input.write('quit\r')
  expect(await ended).toEqual({ kind: 'closed' })
  expect(screen.lines()).toEqual([
    'connecting to ws://shown; "help" lists the commands',
    'connected',
    'websocket> text hi',
    'hi',
    'websocket> json {"a":}',
    expect.stringMatching(/^not JSON, so not sent: /),
    'websocket> quit',
    'closed',
  ])
  await server.until(() => server.closes.length === 1)
  expect(server.closes).toEqual([1000])
})

it('colours messages by their type', async () => {
  const { input, sees, server, raw, ended } = await open(momentumSpeech, true)
  for (const type of ['text', 'notification', 'error']) {
    server.sockets[0]!.send(JSON.stringify({ message_type: type, data: { content: 'c' } }))
  }
  server.sockets[0]!.send(Buffer.from([1, 2]))
  await sees('binary 2 B: 0102')
  expect(raw()).toContain('\x1b[32mtext: c\x1b[39m')
  expect(raw()).toContain('\x1b[33mnotification: c\x1b[39m')
  expect(raw()).toContain('\x1b[31m\x1b[1merror: c')
  expect(raw()).toContain('\x1b[34mbinary 2 B: 0102\x1b[39m')
  input.write('quit\r')
  await ended
})

it('lets no message drive the terminal, and cuts long ones', async () => {
  const { input, sees, server, screen, ended } = await open()
  server.sockets[0]!.send('\x1b]0;title\x07\x1b[2J')
  await sees('\\x1b]0;title\\x07\\x1b[2J')
  server.sockets[0]!.send(Buffer.alloc(1000, 0xab))
  await sees(`${'ab'.repeat(128)}…`)
  server.sockets[0]!.send(`${'x'.repeat(5000)}end`)
  await sees('… (1003 more characters)')
  expect(screen.lines().join('')).toContain('binary 1000 B: abab')
  input.write('quit\r')
  await ended
})

it('says that nothing was sent while there is no connection', async () => {
  const { input, sees, server, scheduler, ended } = await open()
  server.sockets[0]!.close(1001)
  await sees('the server closed the connection (1001); next attempt in 1 s (retry 1 of 5)')
  input.write('text lost\r')
  await sees('not connected, so not sent')
  scheduler.advance(1000)
  await server.until(() => server.sockets.length === 2)
  input.write('\x03')
  expect(await ended).toEqual({ kind: 'closed' })
})

it.each([
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
])('closes politely with %s', async (_name, key) => {
  const { input, ended, server, screen } = await open()
  input.write(key)
  expect(await ended).toEqual({ kind: 'closed' })
  await server.until(() => server.closes.length === 1)
  expect(server.closes).toEqual([1000])
  expect(screen.lines().at(-1)).toBe('closed')
})

it('ends at once with a second Ctrl-C when the server does not answer the Close frame', async () => {
  const { input, ended, server } = await open()
  server.sockets[0]!.pause()
  input.write('\x03')
  input.write('\x03')
  expect(await ended).toEqual({ kind: 'closed' })
})

it('closes politely when the process is told to end', async () => {
  const { abort, ended, server } = await open()
  abort.abort()
  await ended
  await server.until(() => server.closes.length === 1)
  expect(server.closes).toEqual([1000])
})

it('times a WebSocket ping', async () => {
  const { input, sees, ended } = await open()
  input.write('ping\r')
  await sees('pong after 0.0 ms')
  input.write('quit\r')
  await ended
})
