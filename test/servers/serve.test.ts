import { EventEmitter, once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type ParentChannel, serve } from '../../src/cli/serve.ts'
import { RunError, UsageError } from '../../src/errors.ts'
import { SERVER_NAMES } from '../../src/servers/names.ts'
import { startServer } from '../../src/servers/start.ts'
import { openClient } from '../support/ws-client.ts'

/** Collects what is written, and resolves `line` with the first of it. */
function captureStdout() {
  const written = new EventEmitter()
  const texts: string[] = []
  return {
    texts,
    line: once(written, 'text').then(([text]) => String(text)),
    write(text: string) {
      texts.push(text)
      written.emit('text', text)
    },
  }
}

const ECHO = { name: 'echo', port: 0, host: '127.0.0.1' }

describe('serve', () => {
  test('prints one line with the address, serves there, and ends when it is told to', async () => {
    const stdout = captureStdout()
    const stop = new AbortController()
    const served = serve(ECHO, { stdout, signal: stop.signal, parent: null })
    const line = await stdout.line
    expect(line).toMatch(/^stress serve echo: ws:\/\/127\.0\.0\.1:\d+\n$/)

    const client = new WebSocket(line.split(': ')[1]!.trim())
    await once(client, 'open')
    const closed = once(client, 'close')
    stop.abort()
    await served
    expect((await closed)[0]).toBe(1001)
    expect(stdout.texts).toHaveLength(1)
  })

  test('ends at once when it was told to before it began', async () => {
    const stdout = captureStdout()
    await serve(ECHO, { stdout, signal: AbortSignal.abort(), parent: null })
    expect(stdout.texts).toHaveLength(1)
  })

  test('a port in use is a RunError that proposes another', async () => {
    const taken = await startServer('echo', { port: 0 })
    const served = serve(
      { ...ECHO, port: taken.port },
      { stdout: captureStdout(), signal: AbortSignal.abort(), parent: null },
    )
    await expect(served).rejects.toThrow(
      new RunError(
        `port ${taken.port} on 127.0.0.1 is already in use; choose another with --port, or --port 0 for a free one`,
      ),
    )
    await expect(served).rejects.toBeInstanceOf(RunError)
    await taken.close()
  })

  test('an address of another machine is a RunError', async () => {
    const served = serve(
      { ...ECHO, host: '192.0.2.1' },
      { stdout: captureStdout(), signal: AbortSignal.abort(), parent: null },
    )
    await expect(served).rejects.toThrow('192.0.2.1 is not an address of this machine')
  })

  test.each(['ecko', 'constructor', ''])('refuses the name %j and lists the servers', async (name) => {
    const served = serve(
      { ...ECHO, name },
      { stdout: captureStdout(), signal: AbortSignal.abort(), parent: null },
    )
    await expect(served).rejects.toBeInstanceOf(UsageError)
    await expect(served).rejects.toThrow('accepted: echo')
  })
})

class FakeParent extends EventEmitter {
  connected = true
  readonly sent: unknown[] = []
  send(message: unknown): boolean {
    this.sent.push(message)
    return true
  }
}

describe('serve for a parent process', () => {
  test('sends the port and ends when the parent lets go', async () => {
    const parent = new FakeParent()
    const stdout = captureStdout()
    const context = {
      stdout,
      signal: new AbortController().signal,
      parent: parent as unknown as ParentChannel,
    }
    const served = serve(ECHO, context)
    const port = Number((await stdout.line).trim().split(':').at(-1))
    await Promise.resolve()
    expect(parent.sent).toEqual([{ port, path: '/', scheme: 'ws' }])
    parent.emit('disconnect')
    await served
  })

  test('ended by a signal, it lets go of the channel, which would keep the process alive', async () => {
    const parent = new FakeParent()
    await serve(ECHO, {
      stdout: captureStdout(),
      signal: AbortSignal.abort(),
      parent: parent as unknown as ParentChannel,
    })
    expect(parent.listenerCount('disconnect')).toBe(0)
  })

  test('ends when the parent was gone before it listened', async () => {
    const parent = new FakeParent()
    parent.connected = false
    await serve(ECHO, {
      stdout: captureStdout(),
      signal: new AbortController().signal,
      parent: parent as unknown as ParentChannel,
    })
  })
})

describe('serve --list', () => {
  test('lists every server with its address in a table, and serves nothing', async () => {
    const stdout = captureStdout()
    const signal = new AbortController().signal
    await serve({ ...ECHO, list: true }, { stdout, signal, parent: null })
    const [head, ...lines] = stdout.texts.join('').trimEnd().split('\n')
    expect(head).toMatch(/^name {2,}address {2,}what it does$/)
    expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual([...SERVER_NAMES, 'all'])
    expect(
      lines.every((line) => (line.indexOf('://') > 0 && line.length <= 80) || line.startsWith('momentum')),
    ).toBe(true)
    expect(lines.join('\n')).toContain('ws://127.0.0.1:3000/ws')
    expect(lines.join('\n')).toContain('http://127.0.0.1:3000/events')
  })
})

describe('serve with faults', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stress-faults-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('says at the end what it did, on one line and in the log', async () => {
    const stdout = captureStdout()
    const stop = new AbortController()
    const faultLog = join(folder, 'faults.json')
    const options = { ...ECHO, name: 'broadcast', faults: { drop: 0.5 }, faultLog }
    const served = serve(options, { stdout, signal: stop.signal, parent: null })
    const client = await openClient((await stdout.line).split(': ')[1]!.trim())
    expect(JSON.parse(readFileSync(faultLog, 'utf8'))).toMatchObject({ delivered: 0 })
    for (let index = 0; index < 100; index++) client.socket.send('x')
    await client.settle()
    stop.abort()
    await served
    const delivered = client.received.length
    expect(JSON.parse(readFileSync(faultLog, 'utf8'))).toEqual({
      delivered,
      dropped: 100 - delivered,
      duplicated: 0,
      misrouted: 0,
      laggedReceivers: 0,
      lagLost: 0,
      idleDropped: 0,
      pongDropped: 0,
      cut: 0,
    })
    expect(stdout.texts.slice(1)).toEqual([
      `stress serve broadcast: delivered ${delivered}, dropped ${100 - delivered}, duplicated 0, misrouted 0, ` +
        'receivers that lagged 0, lost by that 0\n',
    ])
  })

  test('a log that cannot be written is a RunError before anything is served', async () => {
    const stdout = captureStdout()
    const served = serve(
      { ...ECHO, faultLog: join(folder, 'missing', 'faults.json') },
      { stdout, signal: new AbortController().signal, parent: null },
    )
    await expect(served).rejects.toThrow(RunError)
    await expect(served).rejects.toThrow('cannot write the fault log: ENOENT')
    expect(stdout.texts).toEqual([])
  })
})

test('serve all says where its servers are', async () => {
  const stdout = captureStdout()
  await serve({ ...ECHO, name: 'all' }, { stdout, signal: AbortSignal.abort(), parent: null })
  expect(stdout.texts[0]).toMatch(
    /^stress serve all: ws:\/\/127\.0\.0\.1:(\d+)\/NAME; http:\/\/127\.0\.0\.1:\1 lists them\n$/,
  )
})
