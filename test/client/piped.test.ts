import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it, test } from 'vitest'
import { momentumSpeech } from '../../src/client/momentum-speech.ts'
import { conversePiped } from '../../src/client/piped.ts'
import { plainSpeech } from '../../src/client/plain-speech.ts'
import type { Speech } from '../../src/client/speech.ts'
import { FakeScheduler } from './fake-scheduler.ts'
import { type ScriptedServer, startScriptedServer } from './scripted-server.ts'

type Answer = Parameters<typeof startScriptedServer>[0]

const servers: ScriptedServer[] = []
const WAIT_MS = 700
const PERIOD_MS = 30_000

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const echo: Answer = (text, socket) => socket.send(text)

async function start(answer: Answer, speech: Speech = plainSpeech) {
  const server = await startScriptedServer(answer)
  servers.push(server)
  return { server, ...converse(server.url, speech) }
}

function converse(url: string, speech: Speech = plainSpeech, maxRetries = 5) {
  const input = new PassThrough()
  const scheduler = new FakeScheduler()
  const abort = new AbortController()
  const said = { output: '', notes: '' }
  const ended = conversePiped(
    {
      session: {
        url,
        headers: [],
        subprotocols: [],
        insecure: false,
        maxRetries,
        heartbeatMs: PERIOD_MS,
      },
      speech,
      waitMs: WAIT_MS,
    },
    {
      input,
      output: { write: (text) => (said.output += text) },
      notes: { write: (text) => (said.notes += text) },
      scheduler,
      signal: abort.signal,
    },
  )
  ended.catch(() => {})
  return { input, scheduler, abort, said, ended }
}

it('sends every line and ends as soon as all came back, without waiting', async () => {
  const { input, ended, said, server, scheduler } = await start(echo)
  input.end('text hi\nhello\nlast without a line feed')
  expect(await ended).toBe(0)
  expect(said).toEqual({ output: 'hi\nhello\nlast without a line feed\n', notes: '' })
  await server.until(() => server.closes.length === 1)
  expect(server.closes).toEqual([1000])
  expect(scheduler.nowMs()).toBe(0)
})

it('knows its message in whatever the server puts around it', async () => {
  const { input, ended, said } = await start((text, socket) => socket.send(`用户 1: ${text}`))
  input.end('text hi\n')
  await ended
  expect(said.output).toBe('用户 1: hi\n')
})

it('knows the pong, and that an error is the answer, by the id', async () => {
  const { input, ended, said } = await start((text, socket) => {
    const { id, message_type: type } = JSON.parse(text)
    if (type === 'ping') socket.send(JSON.stringify({ id: 'new', message_type: 'pong', data: { id } }))
    else socket.send(JSON.stringify({ id: 'e', message_type: 'error', data: { in_reply_to: id } }))
  }, momentumSpeech)
  input.end('ping\ntext refused\n')
  expect(await ended).toBe(0)
  expect(said.output.split('\n').map((line) => line.slice(0, 9))).toEqual(['{"id":"ne', '{"id":"e"', ''])
})

it('ends after a while when nothing comes back', async () => {
  const { input, ended, server, scheduler, said } = await start(() => {})
  input.end('text hi\n')
  await server.until(() => server.received.length === 1)
  await scheduler.sees(WAIT_MS)
  scheduler.advance(WAIT_MS)
  expect(await ended).toBe(0)
  expect(said.output).toBe('')
})

it('with nothing to send shows what the server says during that while', async () => {
  const { input, ended, server, scheduler, said } = await start(() => {})
  input.end()
  await server.until(() => server.sockets.length === 1)
  await scheduler.sees(WAIT_MS)
  server.sockets[0]!.send('push')
  server.sockets[0]!.send(Buffer.from([0, 255, 16]))
  server.sockets[0]!.ping()
  await new Promise((resolve) => server.sockets[0]!.once('pong', resolve))
  scheduler.advance(WAIT_MS)
  expect(await ended).toBe(0)
  expect(said.output).toBe('push\nbinary 3 B: 00ff10\n')
})

it('keeps every message on one line and out of the terminal', async () => {
  const { input, ended, said } = await start((_text, socket) => socket.send('hi\n\x1b[2Jthere'))
  input.end('text hi\n')
  await ended
  expect(said.output).toBe('hi\\n\\x1b[2Jthere\n')
})

it('sends a WebSocket ping and says that the pong came', async () => {
  const { input, ended, said, server } = await start(() => {})
  input.end('ping\n')
  expect(await ended).toBe(0)
  expect([said.output, server.received]).toEqual(['pong\n', []])
})

it('stops reading at quit, and still waits for what was sent', async () => {
  const { input, ended, said, server } = await start(echo)
  input.write('text hi\nquit\ntext never\n')
  await ended
  expect([said.output, server.received]).toEqual(['hi\n', ['hi']])
})

it('counts lines that are no command, and sends the others', async () => {
  const { input, ended, said, server } = await start(echo, momentumSpeech)
  input.end('hello\ntext hi\n')
  expect(await ended).toBe(1)
  expect(said.notes).toContain('"hello" is not a command')
  expect(server.received).toHaveLength(1)
})

it('waits with the lines until there is a connection', async () => {
  const { input, ended, server, scheduler, said } = await start(echo)
  await server.until(() => server.sockets.length === 1)
  server.sockets[0]!.terminate()
  await scheduler.sees(1000)
  input.end('text hi\n')
  scheduler.advance(1000)
  expect(await ended).toBe(0)
  expect(said.output).toBe('hi\n')
  expect(said.notes).toContain('next attempt in 1 s (retry 1 of 5)')
})

describe('the automatic ping', () => {
  it('is a WebSocket ping for any server, and its pong is not shown', async () => {
    const { input, ended, server, scheduler, said } = await start(echo)
    await scheduler.sees(PERIOD_MS)
    scheduler.advance(PERIOD_MS)
    await server.until(() => server.pings.length === 1)
    input.end('text hi\n')
    await ended
    expect([said.output, server.received]).toEqual(['hi\n', ['hi']])
  })

  it('is an application ping for Momentum, and its pong is not shown', async () => {
    const { input, ended, server, scheduler, said } = await start((text, socket) => {
      const message = JSON.parse(text)
      const isPing = message.message_type === 'ping'
      socket.send(JSON.stringify({ ...message, message_type: isPing ? 'pong' : message.message_type }))
    }, momentumSpeech)
    await scheduler.sees(PERIOD_MS)
    scheduler.advance(PERIOD_MS)
    await server.until(() => server.received.length === 1)
    input.end('text hi\n')
    await ended
    expect(JSON.parse(server.received[0]!)).toMatchObject({ message_type: 'ping' })
    expect(said.output).toMatch(/^\{"id":"[^"]+","message_type":"text"[^\n]*\n$/)
  })
})

describe('fails', () => {
  test('when the server refuses', async () => {
    const server = await startScriptedServer()
    servers.push(server)
    server.refuseWith = 401
    const { input, ended } = converse(server.url)
    input.write('text hi\n')
    await expect(ended).rejects.toThrow('check that the JWT is valid, the user exists and is active')
  })

  test('when the server closes before the end of the input', async () => {
    const { input, ended } = await start((_text, socket) => socket.close(1000, 'enough'))
    input.write('text one\n')
    await expect(ended).rejects.toThrow('(1000, enough) before all was sent')
  })

  test('not when it closes after that', async () => {
    const { input, ended, server } = await start(() => {})
    input.end('text one\n')
    await server.until(() => server.received.length === 1)
    server.sockets[0]!.close(1000)
    expect(await ended).toBe(0)
  })

  test('when the connection is lost while answers are awaited', async () => {
    const { input, ended, scheduler } = await start((_text, socket) => socket.terminate())
    input.end('text hi\n')
    await scheduler.sees(1000)
    scheduler.advance(WAIT_MS)
    await expect(ended).rejects.toThrow('the connection was lost while answers were awaited')
  })
})

it('ends politely when it is interrupted', async () => {
  const { abort, ended, server, scheduler } = await start(() => {})
  await scheduler.sees(PERIOD_MS)
  abort.abort()
  expect(await ended).toBe(0)
  await server.until(() => server.closes.length === 1)
  expect(server.closes).toEqual([1000])
})
