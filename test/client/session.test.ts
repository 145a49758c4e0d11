import { afterEach, describe, expect, it } from 'vitest'
import { Session, type SessionEnd, type SessionOptions } from '../../src/client/session.ts'
import { FakeScheduler } from './fake-scheduler.ts'
import { type ScriptedServer, startScriptedServer } from './scripted-server.ts'

const servers: ScriptedServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(): Promise<ScriptedServer> {
  const server = await startScriptedServer()
  servers.push(server)
  return server
}

/** Connects; `next` resolves with the next thing that the session tells. */
function open(url: string, options: Partial<SessionOptions> = {}) {
  const scheduler = new FakeScheduler()
  const events: string[] = []
  const waiting: ((event: string) => void)[] = []
  const ended: SessionEnd[] = []
  const tell = (event: string) => {
    const resolve = waiting.shift()
    if (resolve === undefined) events.push(event)
    else resolve(event)
  }
  const session = new Session(
    { url, headers: [], subprotocols: [], insecure: false, maxRetries: 5, heartbeatMs: null, ...options },
    {
      onOpen: (subprotocol) => tell(`open ${subprotocol}`.trim()),
      onMessage: (data, isBinary) => tell(`${isBinary ? 'binary' : 'text'} ${data}`),
      onPong: (label) => tell(`pong ${label}`),
      onHeartbeat: () => tell('heartbeat'),
      onRetry: (reason, delayMs, retry) => tell(`retry ${retry} in ${delayMs}: ${reason}`),
      onEnd(end) {
        ended.push(end)
        tell(end.kind === 'closed' ? 'closed' : `${end.kind}: ${end.reason}`)
      },
    },
    scheduler,
  )
  session.connect()
  const next = () =>
    new Promise<string>((resolve) => {
      const event = events.shift()
      if (event === undefined) waiting.push(resolve)
      else resolve(event)
    })
  return { session, scheduler, next, ended }
}

/** A port that nobody listens on. */
async function findDeadUrl(): Promise<string> {
  const server = await startScriptedServer()
  await server.close()
  return server.url
}

describe('a server that is not there', () => {
  it('is tried again after 1, 2, 4, 8 and 16 s, then given up', async () => {
    const { scheduler, next } = open(await findDeadUrl())
    for (const [index, delayMs] of [1000, 2000, 4000, 8000, 16_000].entries()) {
      expect(await next()).toMatch(`retry ${index + 1} in ${delayMs}: connection refused`)
      expect(scheduler.pending()).toEqual([delayMs])
      scheduler.advance(delayMs)
    }
    expect(await next()).toMatch(/^failed: connection refused.*; gave up after 5 retries$/)
    expect(scheduler.pending()).toEqual([])
  })

  it('is not tried again with no retries', async () => {
    const { next } = open(await findDeadUrl(), { maxRetries: 0 })
    expect(await next()).toMatch(/^failed: connection refused/)
  })

  it('can be left while waiting for the next attempt', async () => {
    const { session, scheduler, next } = open(await findDeadUrl())
    await next()
    session.close()
    expect(await next()).toBe('closed')
    expect(scheduler.pending()).toEqual([])
  })
})

describe('a refusal', () => {
  it('with 401 is final and says what to check', async () => {
    const server = await start()
    server.refuseWith = 401
    const { next, scheduler } = open(server.url)
    expect(await next()).toBe(
      'failed: the server refused the connection with HTTP 401: check that the JWT is valid, the user exists and is active',
    )
    expect(scheduler.pending()).toEqual([])
    expect(server.requests).toHaveLength(1)
  })

  it('with 503 is tried again', async () => {
    const server = await start()
    server.refuseWith = 503
    const { next, scheduler } = open(server.url)
    expect(await next()).toMatch(/^retry 1 in 1000: .*503/)
    server.refuseWith = null
    scheduler.advance(1000)
    expect(await next()).toBe('open')
  })
})

describe('a connection that is lost', () => {
  it('is made again', async () => {
    const server = await start()
    const { next, scheduler } = open(server.url)
    expect(await next()).toBe('open')
    server.sockets[0]!.terminate()
    expect(await next()).toBe('retry 1 in 1000: the connection was lost without a Close frame')
    scheduler.advance(1000)
    expect(await next()).toBe('open')
    expect(server.sockets).toHaveLength(2)
  })

  it('waits longer each time when it lasts only a moment, and starts at 1 s again when it lasted', async () => {
    const server = await start()
    const { next, scheduler } = open(server.url)
    for (const delayMs of [1000, 2000, 4000]) {
      expect(await next()).toBe('open')
      server.sockets.at(-1)!.close(1011, 'restart')
      expect(await next()).toMatch(`in ${delayMs}: the server closed the connection (1011, restart)`)
      scheduler.advance(delayMs)
    }
    expect(await next()).toBe('open')
    scheduler.advance(10_000)
    server.sockets.at(-1)!.close(1011)
    expect(await next()).toMatch('retry 1 in 1000: the server closed the connection (1011)')
  })

  it('is not made again when the server closes with 1000', async () => {
    const server = await start()
    const { next, scheduler } = open(server.url)
    await next()
    server.sockets[0]!.close(1000, 'bye')
    expect(await next()).toBe('server-closed: the server closed the connection (1000, bye)')
    expect(scheduler.pending()).toEqual([])
  })
})

describe('our end', () => {
  it('is a Close frame with 1000, after all that was sent', async () => {
    const server = await start()
    const { session, next } = open(server.url)
    await next()
    void session.send('last')
    session.close()
    expect(await next()).toBe('closed')
    await server.until(() => server.closes.length === 1)
    expect([server.received, server.closes]).toEqual([['last'], [1000]])
  })

  it('is cut after 2 s when the server does not answer the Close frame', async () => {
    const server = await start()
    const { session, scheduler, next } = open(server.url)
    await next()
    server.sockets[0]!.pause()
    session.close()
    expect(scheduler.pending()).toContain(2000)
    scheduler.advance(2000)
    expect(await next()).toBe('closed')
  })

  it('comes at once when cut', async () => {
    const server = await start()
    const { session, next } = open(server.url)
    await next()
    server.sockets[0]!.pause()
    session.close()
    session.cut()
    expect(await next()).toBe('closed')
  })

  it('is told once', async () => {
    const server = await start()
    const { session, next, ended } = open(server.url)
    await next()
    session.close()
    session.close()
    await next()
    session.close()
    session.cut()
    expect(ended).toEqual([{ kind: 'closed' }])
  })
})

describe('while it is open', () => {
  it('there is a heartbeat each period, which ends with the connection', async () => {
    const server = await start()
    const { next, scheduler } = open(server.url, { heartbeatMs: 30_000 })
    await next()
    scheduler.advance(29_999)
    expect(scheduler.pending()).toContain(1)
    scheduler.advance(1)
    expect(await next()).toBe('heartbeat')
    scheduler.advance(30_000)
    expect(await next()).toBe('heartbeat')
    server.sockets[0]!.close(1000)
    await next()
    expect(scheduler.pending()).toEqual([])
  })

  it('messages, pongs, headers and subprotocols pass', async () => {
    const server = await start()
    const { session, next } = open(server.url, {
      headers: [
        ['X-Two', 'a'],
        ['X-Two', 'b'],
      ],
      subprotocols: ['chat'],
    })
    expect(await next()).toBe('open chat')
    expect(server.requests[0]!.headersDistinct['x-two']).toEqual(['a', 'b'])
    session.ping('label')
    expect(await next()).toBe('pong label')
    server.sockets[0]!.send(Buffer.from('bytes'))
    expect(await next()).toBe('binary bytes')
  })
})
