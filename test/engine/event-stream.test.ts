import { EventEmitter, once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { EventStream, reconnectDelayMs } from '../../src/engine/event-stream.ts'
import type { ConnectionEnd, ConnectionHandler, Dial } from '../../src/engine/link.ts'
import { authority, expiredServer, validServer } from '../support/certificates.ts'

const servers: net.Server[] = []
const streams: EventStream[] = []

afterEach(async () => {
  vi.useRealTimers()
  for (const stream of streams.splice(0)) stream.reset('socket-error', 'test over')
  for (const server of servers.splice(0)) {
    if (server instanceof http.Server || server instanceof https.Server) server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})

/** What the stream told its client, in order; an event of the same name each time. */
class Log extends EventEmitter implements ConnectionHandler {
  readonly lines: string[] = []
  readonly ends: ConnectionEnd[] = []
  bytes = 0

  onBytes(count: number): void {
    this.bytes += count
  }
  onOpen(): void {
    this.#add('open')
  }
  onMessage(opcode: number, data: Buffer, start: number, end: number): void {
    this.#add(`${opcode}:${data.toString('utf8', start, end)}`)
  }
  onPing(): void {
    this.#add('ping')
  }
  onComment(): void {
    this.#add('comment')
  }
  onReconnect(us: number): void {
    this.#add(us >= 0 && us < 60e6 ? 'reconnect' : `reconnect after ${us} µs`)
  }
  onEnd(end: ConnectionEnd): void {
    this.ends.push(end)
    this.#add('end')
  }

  #add(line: string): void {
    this.lines.push(line)
    this.emit('line', line)
  }

  /** Resolves when a line like that was told, so many times. */
  async saw(line: string, times = 1): Promise<void> {
    while (this.lines.filter((known) => known === line).length < times) await once(this, 'line')
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

async function listen(server: net.Server): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function openStream(port: number, dial: Partial<Dial> = {}, maxMessageBytes = 1000): [EventStream, Log] {
  const log = new Log()
  const stream = new EventStream(
    {
      address: '127.0.0.1',
      port,
      tls: null,
      host: 'example.test:81',
      path: '/events?a=1',
      headers: [],
      requestHead: '',
      token: '',
      subprotocols: [],
      localAddress: null,
      ...dial,
    },
    log,
    { maxMessageBytes, checkUtf8: true, maxQueuedBytes: 1e6 },
  )
  streams.push(stream)
  stream.open()
  return [stream, log]
}

type Answer = (response: http.ServerResponse, request: http.IncomingMessage) => void

/** Each request has the next answer, the last one for all further; also the headers that came. */
async function serve(...answers: Answer[]): Promise<{ port: number; requests: http.IncomingMessage[] }> {
  const requests: http.IncomingMessage[] = []
  const server = http.createServer((request, response) => {
    requests.push(request)
    answers[Math.min(requests.length, answers.length) - 1]!(response, request)
  })
  return { port: await listen(server), requests }
}

const begin = (response: http.ServerResponse): http.ServerResponse =>
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' })

/** Bytes as they stand, one write each: the next when the one before has been read. */
async function serveRaw(chunks: readonly (string | Buffer)[], log: () => Log): Promise<number> {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'
  return listen(
    net.createServer(async (socket) => {
      socket.on('error', () => {})
      socket.setNoDelay(true)
      await once(socket, 'data')
      socket.write(head)
      await log().saw('open')
      let sent = head.length
      for (const chunk of chunks) {
        socket.write(chunk)
        sent += Buffer.byteLength(chunk)
        await until(() => log().bytes >= sent)
      }
      socket.end()
    }),
  )
}

describe('an event stream', () => {
  it('asks for one, and gives each event as a text message, comments apart', async () => {
    const { port, requests } = await serve((response) => {
      begin(response).write(':keep-alive-text\n\ndata: one\n\nevent: tick\nid: 7\ndata: two\ndata: lines\n\n')
    })
    const [stream, log] = openStream(port, { headers: [['X-Key', 'ä']] })
    await log.saw('1:two\nlines')
    expect(log.lines).toEqual(['open', 'comment', '1:one', '1:two\nlines'])
    expect(log.bytes).toBeGreaterThan(100)
    expect(stream.isOpen).toBe(true)
    const times = [stream.attemptUs, stream.tcpUs, stream.openUs]
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect([stream.tlsUs, stream.closingUs, stream.queuedBytes]).toEqual([0, 0, 0])

    const [request] = requests
    expect([request!.method, request!.url]).toEqual(['GET', '/events?a=1'])
    expect(request!.headers).toMatchObject({
      accept: 'text/event-stream',
      host: 'example.test:81',
      'x-key': 'ä',
      connection: 'close',
    })
    expect(request!.headers).not.toHaveProperty('last-event-id')
  })

  it('ends politely, with its socket', async () => {
    const { port, requests } = await serve((response) => begin(response).write('data: x\n\n'))
    const [stream, log] = openStream(port)
    await log.saw('1:x')
    stream.close()
    expect(stream.isOpen).toBe(false)
    expect(stream.closingUs).toBeGreaterThanOrEqual(stream.openUs)
    await Promise.all([log.saw('end'), once(requests[0]!.socket, 'close')])
    stream.close()
    expect(log.ends).toEqual([{ when: 'closing', class: 'close-code', detail: 'closed by us' }])
  })

  it('takes no messages and no pings', async () => {
    const { port } = await serve((response) => begin(response).flushHeaders())
    const [stream, log] = openStream(port)
    await log.saw('open')
    expect(() => stream.write()).toThrow('takes no messages')
    expect(() => stream.ping()).toThrow('takes no pings')
  })

  it('tells nothing more of a chunk in which it was closed', async () => {
    const { port } = await serve((response) => begin(response).write('data: a\n\ndata: b\n\n:c\n\n'))
    const [stream, log] = openStream(port)
    log.on('line', (line) => {
      if (line === '1:a') stream.close()
    })
    await log.saw('end')
    expect(log.lines).toEqual(['open', '1:a', 'end'])
  })

  it('reads what comes in pieces of one byte, in letters of three bytes and with CR LF', async () => {
    let log: Log | undefined
    const bytes = Buffer.from('\ufeffdata: 当前时间\r\ndata: €\r\n\r\n: ä\r\n\r\ndata:last\n\n')
    const port = await serveRaw(
      Array.from(bytes, (byte) => Buffer.of(byte)),
      () => log!,
    )
    log = openStream(port)[1]
    await log.saw('1:last')
    expect(log.lines.slice(0, 4)).toEqual(['open', '1:当前时间\n€', 'comment', '1:last'])
  })

  it('reads nothing while paused', async () => {
    let response: http.ServerResponse | undefined
    const { port } = await serve((given) => {
      response = given
      begin(given).flushHeaders()
    })
    const [stream, log] = openStream(port)
    await log.saw('open')
    stream.pauseReading()
    const event = `data: ${'x'.repeat(900)}\n\n`.repeat(1000)
    let full = false
    // As long as somebody reads, this would go on for ever.
    for (let n = 0; n < 200 && !full; n++) {
      full = !response!.write(event)
      if (full) full = await Promise.race([once(response!, 'drain').then(() => false), later(true)])
    }
    expect(full).toBe(true)
    expect(log.lines).toEqual(['open'])
  })
})

/** After what the event loop has to do now, several times over. */
async function later<T>(value: T): Promise<T> {
  for (let turn = 0; turn < 1000; turn++) await new Promise((resolve) => setImmediate(resolve))
  return value
}

describe('a stream that does not begin', () => {
  const status =
    (code: number, headers: http.OutgoingHttpHeaders = {}): Answer =>
    (response) => {
      response.writeHead(code, headers).end('data: no\n\n')
    }
  const cases: [what: string, answer: Answer, end: Omit<ConnectionEnd, 'when'>][] = [
    ['500', status(500), { class: 'upgrade-status', detail: '500' }],
    ['204', status(204), { class: 'upgrade-status', detail: '204' }],
    [
      'a redirect, without its query',
      status(302, { Location: 'http://u:p@h.test/login?token=secret' }),
      { class: 'upgrade-status', detail: '302 -> http://h.test/login' },
    ],
    [
      'another content type',
      status(200, { 'Content-Type': 'text/html; charset=utf-8' }),
      { class: 'upgrade-invalid', detail: 'content-type text/html' },
    ],
    ['no content type', status(200), { class: 'upgrade-invalid', detail: 'no content-type' }],
    [
      'compressed',
      status(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': 'gzip' }),
      { class: 'upgrade-invalid', detail: 'content-encoding that was not asked for' },
    ],
    [
      'a server that hangs up',
      (response) => response.socket!.end(),
      { class: 'closed-in-handshake', detail: 'FIN' },
    ],
    [
      'a server that resets',
      (response) => response.socket!.resetAndDestroy(),
      { class: 'closed-in-handshake', detail: 'RST' },
    ],
    [
      'something else than HTTP',
      (response) => response.socket!.end('220 mail.example ESMTP\r\n'),
      { class: 'upgrade-invalid', detail: 'HPE_INVALID_CONSTANT' },
    ],
  ]
  it.each(cases)('%s', async (_, answer, end) => {
    const { port, requests } = await serve(answer)
    const [stream, log] = openStream(port)
    await log.saw('end')
    expect(log.lines).toEqual(['end'])
    expect(log.ends).toEqual([{ when: 'connecting', ...end }])
    expect([stream.openUs, requests.length]).toEqual([0, 1])
  })

  it('nobody listens', async () => {
    const server = net.createServer()
    const port = await listen(server)
    server.close()
    const [stream, log] = openStream(port)
    await log.saw('end')
    expect(log.ends).toEqual([{ when: 'connecting', class: 'refused', detail: 'ECONNREFUSED' }])
    expect(stream.tcpUs).toBe(0)
  })

  it('given up by the client', async () => {
    const { port, requests } = await serve(() => {})
    const [stream, log] = openStream(port)
    await until(() => requests.length > 0)
    stream.reset('upgrade-timeout', 'timeout')
    await log.saw('end')
    expect(log.ends).toEqual([{ when: 'connecting', class: 'upgrade-timeout', detail: 'timeout' }])
  })
})

describe('over TLS', () => {
  const serveSecurely = async (certificate: { cert: string; key: string }): Promise<number> =>
    listen(https.createServer(certificate, (_, response) => begin(response).write('data: safe\n\n')))

  it('reads as it does without', async () => {
    const port = await serveSecurely(validServer)
    const [stream, log] = openStream(port, { tls: { ca: authority, servername: 'localhost' } })
    await log.saw('1:safe')
    const times = [stream.attemptUs, stream.tcpUs, stream.tlsUs, stream.openUs]
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect([stream.isSecure, stream.tcpUs > 0]).toEqual([true, true])
  })

  it('refuses a certificate that ran out', async () => {
    const port = await serveSecurely(expiredServer)
    const [stream, log] = openStream(port, { tls: { ca: authority, servername: 'localhost' } })
    await log.saw('end')
    expect(log.ends).toEqual([{ when: 'connecting', class: 'tls', detail: 'CERT_HAS_EXPIRED' }])
    expect(stream.tcpUs).toBeGreaterThan(0)
  })
})

describe('a stream that the server ends', () => {
  const send =
    (text: string): Answer =>
    (response) =>
      begin(response).end(text)
  const hold =
    (text: string): Answer =>
    (response) =>
      begin(response).write(text)

  it('is taken up again with the last id, after the time the server says', async () => {
    const { port, requests } = await serve(
      send('retry: 1\nid: 41\ndata: a\n\nid: ä2\ndata: b\n\ndata: c\n\ndata: cut off'),
      send('data: d\n\nid:\ndata: e\n\n'),
      hold('data: f\n\n'),
    )
    const [stream, log] = openStream(port)
    await log.saw('1:f')
    expect(log.lines).toEqual(['open', '1:a', '1:b', '1:c', 'reconnect', '1:d', '1:e', 'reconnect', '1:f'])
    const ids = requests.map(({ headers }) => headers['last-event-id'])
    expect(ids.map((id) => id && Buffer.from(id as string, 'latin1').toString())).toEqual([
      undefined,
      'ä2',
      undefined,
    ])
    expect(stream.isOpen).toBe(true)
    expect(log.ends).toEqual([])
  })

  it('by a crash is taken up again too', async () => {
    const { port } = await serve(
      (response) => begin(response).write('retry: 1\n\n', () => response.socket!.resetAndDestroy()),
      hold('data: back\n\n'),
    )
    const [, log] = openStream(port)
    await log.saw('1:back')
    expect(log.lines).toEqual(['open', 'reconnect', '1:back'])
  })

  it('never puts an id into the request that would break it', async () => {
    const { port, requests } = await serve(send('retry: 1\nid: a\x01b\ndata: a\n\n'), hold('data: b\n\n'))
    const [, log] = openStream(port)
    await log.saw('1:b')
    expect(requests[1]!.headers).not.toHaveProperty('last-event-id')
  })

  it('is over with 204', async () => {
    const { port, requests } = await serve(send('retry: 1\n\n'), (response) => response.writeHead(204).end())
    const [, log] = openStream(port)
    await log.saw('end')
    expect(log.ends).toEqual([{ when: 'open', class: 'upgrade-status', detail: '204' }])
    expect(requests).toHaveLength(2)
  })

  it('is over after five tries without success, with what the last one met', async () => {
    const fail: Answer = (response) => response.writeHead(503).end()
    const four = [fail, fail, fail, fail]
    const { port, requests } = await serve(send('retry: 1\n\n'), ...four, send('retry: 1\n\n'), fail)
    const [stream, log] = openStream(port)
    await log.saw('end')
    expect(log.lines).toEqual(['open', 'reconnect', 'end'])
    expect(log.ends).toEqual([{ when: 'open', class: 'upgrade-status', detail: '503' }])
    expect(requests).toHaveLength(1 + 4 + 1 + 5)
    expect(stream.isOpen).toBe(false)
  })

  it('is left alone for a second when the server does not say how long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { port } = await serve(send('data: a\n\n'), hold('data: b\n\n'))
    const [stream, log] = openStream(port)
    await until(() => log.lines.includes('1:a') && !stream.isOpen)
    vi.advanceTimersByTime(999)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(1)
    await log.saw('1:b')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is tried for ten seconds at a time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const silent: Answer = () => {}
    const { port, requests } = await serve(send('retry: 1\n\n'), silent)
    const [stream, log] = openStream(port)
    await until(() => stream.openUs > 0 && !stream.isOpen)
    for (let n = 0; n < 5; n++) {
      vi.advanceTimersByTime(10 * 2 ** n)
      await until(() => requests.length === n + 2)
      vi.advanceTimersByTime(10_000)
      await once(requests.at(-1)!.socket, 'close')
      await until(() => log.ends.length > 0 || vi.getTimerCount() > 0)
    }
    expect(log.ends).toEqual([{ when: 'open', class: 'connect-timeout', detail: 'timeout' }])
  })

  it('can be closed while it waits for its next try', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { port, requests } = await serve(send('data: a\n\n'))
    const [stream, log] = openStream(port)
    await until(() => log.lines.includes('1:a') && !stream.isOpen)
    stream.close()
    expect([vi.getTimerCount(), log.ends]).toEqual([0, []])
    await log.saw('end')
    expect(log.ends).toEqual([{ when: 'closing', class: 'close-code', detail: 'closed by us' }])
    expect(requests).toHaveLength(1)
  })

  it('stays paused', async () => {
    const { port } = await serve(
      (response) => begin(response).write('retry: 1\ndata: a\n\n', () => response.socket!.resetAndDestroy()),
      send('data: b\n\n'),
    )
    const [stream, log] = openStream(port)
    log.on('line', (line) => {
      if (line === '1:a') stream.pauseReading()
    })
    await log.saw('reconnect', 2)
    expect(log.lines).toEqual(['open', '1:a', 'reconnect', 'reconnect'])
  })

  it.each([
    [null, 0, 1000],
    [null, 3, 8000],
    [null, 4, 16_000],
    [250, 2, 1000],
    [0, 4, 160],
    [0, 0, 10],
    [9000, 4, 30_000],
    [1e15, 0, 30_000],
  ])('retry %j after %i vain tries: %i ms', (retryMs, failedTries, delayMs) => {
    expect(reconnectDelayMs(retryMs, failedTries)).toBe(delayMs)
  })
})

describe('a stream over the limit', () => {
  const cases: [what: string, chunks: string[]][] = [
    ['in one line that does not end', Array<string>(20).fill('x'.repeat(90))],
    ['in an event of many lines', Array<string>(20).fill(`data: ${'x'.repeat(90)}\n`)],
    ['in an event that comes in one piece', [`data: ${'x'.repeat(1001)}\n\ndata: after\n\n`]],
    ['in bytes, not in characters', [`data: ${'ä'.repeat(501)}\n\n`]],
  ]
  it.each(cases)('%s', async (_, chunks) => {
    const { port, requests } = await serve((response) => {
      begin(response)
      for (const chunk of chunks) response.write(chunk)
    })
    const [, log] = openStream(port)
    await log.saw('end')
    expect(log.lines).toEqual(['open', 'end'])
    expect(log.ends).toEqual([{ when: 'open', class: 'too-large', detail: 'event over 1000 bytes' }])
    expect(requests).toHaveLength(1)
  })

  it('is one byte longer than one within', async () => {
    const { port } = await serve((response) => begin(response).write(`data: ${'x'.repeat(1000)}\n\n`))
    const [, log] = openStream(port)
    await log.saw(`1:${'x'.repeat(1000)}`)
  })
})
