import { EventEmitter, once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type ParentChannel, serve } from '../../src/cli/serve.ts'
import { RunError, UsageError } from '../../src/errors.ts'
import { startEcho } from '../../src/servers/echo.ts'

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
    const taken = await startEcho({ port: 0, host: '127.0.0.1' })
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
    expect(parent.sent).toEqual([{ port }])
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
