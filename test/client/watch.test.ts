import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, test } from 'vitest'
import { fetchJson } from '../../src/client/fetch-json.ts'
import { type Reading, readFigures } from '../../src/client/reading.ts'
import { watchServer } from '../../src/client/watch.ts'
import { createLineView, createLiveView, type WatchViewOptions } from '../../src/client/watch-view.ts'
import { FakeScheduler } from './fake-scheduler.ts'
import { Screen } from './screen.ts'

const STATS = {
  active_connections: 2,
  total_messages: 10,
  messages_by_type: { text: 7, 'odd\x1b[2J': 3 },
  started_at: '2026-01-01T00:00:00Z',
  uptime_seconds: 60,
}
const ONLINE = { count: 2, users: [{ user_id: 'u1', username: 'alice' }, { user_id: 'u2' }] }

describe('a reading', () => {
  it('has every number, nested ones with their path, and who is online', () => {
    const { figures, online } = readFigures(STATS, ONLINE, 0, null)
    expect(figures.map(({ name, value }) => [name, value])).toEqual([
      ['active_connections', 2],
      ['total_messages', 10],
      ['messages_by_type.text', 7],
      ['messages_by_type.odd\x1b[2J', 3],
      ['uptime_seconds', 60],
    ])
    expect(online).toEqual(['alice', 'u2'])
  })

  it('has the rate of counters since the one before, not of gauges, nor when the server started again', () => {
    const rates = (before: object, now: object) => {
      const earlier = readFigures(before, [], 1000, null)
      return readFigures(now, [], 3000, earlier).figures.map(({ perSec }) => perSec)
    }
    expect(
      rates({ total_messages: 10, active_connections: 1 }, { total_messages: 15, active_connections: 9 }),
    ).toEqual([2.5, null])
    expect(rates({ total_messages: 10 }, { total_messages: 3 })).toEqual([null])
    expect(rates({}, { total_messages: 3 })).toEqual([null])
  })

  test.each([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [{ online: [{ id: 7 }] }, ['7']],
    [{ users: {} }, []],
    [
      [{ x: 1 }, null],
      ['{"x":1}', 'null'],
    ],
  ])('knows who is online from %j', (online, names) => {
    expect(readFigures({}, online, 0, null).online).toEqual(names)
  })
})

describe('the loop', () => {
  function start(fetch: (path: string, tick: number) => object, ticks: number | null) {
    const scheduler = new FakeScheduler()
    const abort = new AbortController()
    const seen: string[] = []
    let calls = 0
    const answered = watchServer({
      intervalMs: 5000,
      ticks,
      fetch: async (path) => fetch(path, Math.floor(calls++ / 2) + 1),
      view: {
        show: ({ figures, online }: Reading) => seen.push(`${figures[0]?.value} ${online.length}`),
        showFailure: (problem) => seen.push(problem),
      },
      scheduler,
      signal: abort.signal,
    })
    return { scheduler, abort, seen, answered }
  }

  const answer = (path: string, tick: number) => (path === '/ws/stats' ? { n: tick } : ['alice'])

  it('looks each interval and ends after its ticks', async () => {
    const { scheduler, seen, answered } = start(answer, 3)
    for (const tick of [1, 2]) {
      await scheduler.sees(5000)
      expect(seen).toHaveLength(tick)
      scheduler.advance(5000)
    }
    expect(await answered).toBe(3)
    expect(seen).toEqual(['1 1', '2 1', '3 1'])
    expect(scheduler.pending()).toEqual([])
  })

  it('goes on while the server is away', async () => {
    const { scheduler, seen, answered } = start((path, tick) => {
      if (tick === 2) throw new Error('connection refused')
      return answer(path, tick)
    }, 3)
    await scheduler.sees(5000)
    scheduler.advance(5000)
    await scheduler.sees(5000)
    scheduler.advance(5000)
    expect(await answered).toBe(2)
    expect(seen).toEqual(['1 1', 'connection refused', '3 1'])
  })

  it('ends at once when it is interrupted', async () => {
    const { scheduler, abort, answered } = start(answer, null)
    await scheduler.sees(5000)
    abort.abort()
    expect(await answered).toBe(1)
    expect(scheduler.pending()).toEqual([])
  })
})

describe('shown', () => {
  const options: WatchViewOptions = {
    shownUrl: 'http://127.0.0.1:8000',
    intervalMs: 5000,
    color: false,
    now: () => new Date('2026-01-02T03:04:05.678Z'),
    size: () => ({ columns: 60, rows: 12 }),
  }
  const first = readFigures(STATS, ONLINE, 0, null)
  const second = readFigures({ ...STATS, total_messages: 1_234_567 }, ONLINE, 5000, first)

  it('as lines: one a tick', () => {
    let text = ''
    const view = createLineView({ write: (chunk) => (text += chunk) }, options)
    view.show(first)
    view.showFailure('connection refused')
    view.show(second)
    expect(text).toBe(
      [
        '2026-01-02T03:04:05Z online=2 active_connections=2 total_messages=10',
        '2026-01-02T03:04:05Z no figures: connection refused; next attempt in 5 s',
        '2026-01-02T03:04:05Z online=2 active_connections=2 total_messages=1234567 (+246,911/s)',
        '',
      ].join('\n'),
    )
  })

  it('live: drawn again in place, harmless whatever the server says', () => {
    const screen = new Screen(60)
    const view = createLiveView(screen, options)
    view.show(first)
    const height = screen.lines().length
    view.showFailure('connection refused')
    expect(screen.lines()).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:8000 {2}\d\d:04:05 {2}every 5 s$/),
      'no figures: connection refused; next attempt in 5 s',
    ])
    view.show(second)
    expect(screen.lines()).toHaveLength(height)
    expect(screen.lines().slice(1, 4)).toEqual([
      'online 2: alice, u2',
      'active_connections                   2',
      'total_messages               1,234,567  +246,911/s',
    ])
    expect(screen.lines().join('\n')).toContain('messages_by_type.odd\\x1b[2J')
  })

  it('live: never more than fits', () => {
    const screen = new Screen(60)
    const view = createLiveView(screen, options)
    const crowd = Array.from({ length: 1000 }, (_, index) => `user-${index}`)
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`figure_${index}`, index]))
    for (const atMs of [0, 5000]) view.show(readFigures(many, crowd, atMs, null))
    expect(screen.lines()).toHaveLength(11)
    expect(Math.max(...screen.lines().map((line) => line.length))).toBeLessThan(60)
  })
})

describe('fetching JSON', () => {
  const closers: (() => void)[] = []
  afterEach(() => {
    for (const close of closers.splice(0)) close()
  })

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    closers.push(() => {
      server.close()
      server.closeAllConnections()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ws/stats`
  }

  const get = (url: string, headers: readonly (readonly [string, string])[] = [], timeoutMs = 60_000) =>
    fetchJson(url, { headers, insecure: false, timeoutMs, signal: new AbortController().signal })

  it('gives what the server says, with our headers', async () => {
    const url = await serve((request, response) =>
      response.end(JSON.stringify({ got: request.headers['x-a'] })),
    )
    expect(await get(url, [['X-A', '1']])).toEqual({ got: '1' })
  })

  test.each([
    ['another status', 404, '{}', '/ws/stats answered HTTP 404'],
    ['no JSON', 200, '<html>', '/ws/stats did not answer with JSON'],
    ['a bare value', 200, '7', '/ws/stats did not answer with JSON'],
  ])('says what is wrong: %s', async (_name, status, body, problem) => {
    const url = await serve((_request, response) => response.writeHead(status).end(body))
    await expect(get(url)).rejects.toThrow(problem)
  })

  it('says what is wrong: nobody there', async () => {
    const url = await serve(() => {})
    closers.splice(0).forEach((close) => {
      close()
    })
    await expect(get(url)).rejects.toThrow('connection refused')
  })

  it('says what is wrong: an answer that breaks off', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy())
    })
    await expect(get(url)).rejects.toThrow('the connection was reset')
  })

  it('says what is wrong: an answer that does not end in time', async () => {
    const url = await serve((_request, response) => response.write('{'))
    await expect(get(url, [], 20)).rejects.toThrow('/ws/stats did not answer within 0.02 s')
  })
})
