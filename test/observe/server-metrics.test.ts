import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { RunError } from '../../src/errors.ts'
import { openServerMetrics, type ServerMetrics } from '../../src/observe/server-metrics.ts'
import { authority, validServer } from '../support/certificates.ts'
import { type MetricsServer, page, startMetrics } from './metrics-server.ts'

const TLS = { insecure: false, ca: null, cert: null, key: null }
const SECOND_US = 1_000_000

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

interface Watched {
  readonly server: MetricsServer
  readonly metrics: ServerMetrics
  /** Moves the clock on and has one more reading made; resolves when it is in. */
  readAfter(us: number, answer: RequestListener): Promise<void>
  advance(us: number): void
  /** What a sample says at that time. */
  sampleAfter(us: number): ReturnType<ServerMetrics['sample']>
}

/** A page that has been opened, with a clock that stands still unless moved. */
async function watch(answer: RequestListener): Promise<Watched> {
  const server = await startMetrics(answer)
  let us = 0
  const metrics = await openServerMetrics({
    url: server.url,
    shownUrl: server.url,
    tls: TLS,
    nowUs: () => us,
  })
  open.push(server, metrics)
  return {
    server,
    metrics,
    readAfter: (byUs, next) => {
      us += byUs
      server.answer = next
      return new Promise((resolve) => {
        metrics.readMoment(() => setImmediate(resolve))
      })
    },
    advance: (byUs) => {
      us += byUs
    },
    sampleAfter: (byUs) => {
      us += byUs
      return metrics.sample()
    },
  }
}

function codesOf(metrics: ServerMetrics): string[] {
  return metrics.takeWarnings().map(({ code }) => code)
}

const load = (cpuSeconds: number, more = {}) =>
  page({ process_cpu_seconds_total: cpuSeconds, process_resident_memory_bytes: 1000, ...more })

describe('openServerMetrics', () => {
  test('the share of CPU is that between two readings of the server, by their own times', async () => {
    const { metrics, readAfter, sampleAfter } = await watch(load(10, { system_cpu_count: 4 }))
    expect(metrics.cores).toBe(4)
    expect(sampleAfter(0)).toEqual({ rssBytes: 1000, cpuPercent: null })
    await readAfter(2 * SECOND_US, load(13))
    expect(sampleAfter(100_000)).toEqual({ rssBytes: 1000, cpuPercent: 150 })
    // Nothing new: the time that has gone by since is in no reading.
    expect(sampleAfter(100_000)).toEqual({ rssBytes: 1000, cpuPercent: null })
    await readAfter(800_000, load(13))
    expect(sampleAfter(100_000).cpuPercent).toBe(0)
  })

  test('readings close together are no window: the one before them counts', async () => {
    const { readAfter, sampleAfter } = await watch(load(10))
    await readAfter(SECOND_US, load(10.5))
    await readAfter(100_000, load(10.6))
    expect(sampleAfter(0).cpuPercent).toBeCloseTo(600_000 / 11_000, 6)
  })

  test('a share that the server gives itself is taken as it is', async () => {
    const { sampleAfter } = await watch(page({ process_cpu_usage: 0.5, system_cpu_count: 4 }))
    expect(sampleAfter(0)).toEqual({ rssBytes: null, cpuPercent: 200 })
  })

  test('a reading older than 3 s is none', async () => {
    const { sampleAfter, server } = await watch(load(1))
    // What is asked for from here on has no answer.
    server.answer = () => {}
    expect(sampleAfter(3 * SECOND_US).rssBytes).toBe(1000)
    expect(sampleAfter(1)).toEqual({ rssBytes: null, cpuPercent: null })
  })

  test('of a moment it tells the reading that begins then, and before it has come a fresh one only', async () => {
    const { metrics, server, sampleAfter } = await watch(load(1))
    server.answer = page({ process_resident_memory_bytes: 2000 })
    const known = await new Promise((resolve) => {
      expect(metrics.readMoment(resolve)).toBe(1000)
    })
    expect(known).toBe(2000)
    sampleAfter(SECOND_US)
    expect(metrics.readMoment(() => {})).toBeNull()
  })

  test('a moment during a reading waits for the next one, for that one began before', async () => {
    const { metrics, server, advance } = await watch(load(1))
    const second: Promise<number | null>[] = []
    server.answer = (_, response) => {
      server.answer = page({ process_resident_memory_bytes: 3000 })
      advance(1)
      second.push(new Promise((resolve) => metrics.readMoment(resolve)))
      response.end('process_resident_memory_bytes 2000\n')
    }
    expect(await new Promise((resolve) => metrics.readMoment(resolve))).toBe(2000)
    expect(await second[0]).toBe(3000)
  })

  test('a moment whose reading fails is null, not the one before', async () => {
    const { metrics, server } = await watch(load(1))
    server.answer = (_, response) => response.writeHead(500).end()
    expect(await new Promise((resolve) => metrics.readMoment(resolve))).toBeNull()
  })

  test('an answer that took over 500 ms is not about a moment, but its CPU time counts', async () => {
    const { metrics, server, advance, sampleAfter } = await watch(load(1))
    server.answer = (request, response) => {
      advance(600_000)
      load(1.3)(request, response)
    }
    expect(await new Promise((resolve) => metrics.readMoment(resolve))).toBeNull()
    expect(sampleAfter(0)).toEqual({ rssBytes: 1000, cpuPercent: 50 })
  })

  test('a window is at least as long as an answer took, for when in it the server counted is not known', async () => {
    const { metrics, server, advance, readAfter, sampleAfter } = await watch(load(1))
    await readAfter(5 * SECOND_US, load(2))
    server.answer = (request, response) => {
      advance(2 * SECOND_US)
      load(3.5)(request, response)
    }
    await new Promise((resolve) => metrics.readMoment(resolve))
    // 1.5 s within 2 s, and those 2 s are what the answer took: just enough.
    expect(sampleAfter(0).cpuPercent).toBe(75)
    await readAfter(SECOND_US, load(4.5))
    // The reading before is off by up to 2 s, so the window reaches behind it.
    expect(sampleAfter(0).cpuPercent).toBeCloseTo(250 / 3, 6)
  })

  test('no answer at all is a reading that is missing', async () => {
    const { metrics, server, sampleAfter } = await watch(load(1))
    server.answer = () => {}
    sampleAfter(SECOND_US)
    sampleAfter(7 * SECOND_US)
    expect(metrics.takeWarnings()).toEqual([
      {
        code: 'server-metrics-missed',
        message:
          "1 of 1 readings of --server-metrics failed (the last one: it has not answered for 7 s); the server's CPU and memory are those of the others",
      },
    ])
  })

  test.each([
    ['a CPU time that has fallen', 2, 1e6],
    ['another start', 20, 1_000_100],
  ])('%s is a restart: no share across it, and a warning', async (_, cpuSeconds, start) => {
    const { metrics, readAfter, sampleAfter } = await watch(load(10, { process_start_time_seconds: 1e6 }))
    await readAfter(SECOND_US, load(cpuSeconds, { process_start_time_seconds: start }))
    expect(sampleAfter(0)).toEqual({ rssBytes: 1000, cpuPercent: null })
    expect(codesOf(metrics)).toEqual(['server-restarted'])
    // A start that is computed anew each time is not always the same second.
    await readAfter(SECOND_US, load(cpuSeconds + 0.5, { process_start_time_seconds: start + 1 }))
    expect(sampleAfter(0).cpuPercent).toBe(50)
    expect(codesOf(metrics)).toEqual([])
  })

  test('a few readings that fail are nothing to speak of', async () => {
    const { metrics, readAfter } = await watch(load(1))
    for (let second = 1; second <= 19; second++) await readAfter(SECOND_US, load(1 + second / 10))
    await readAfter(SECOND_US, (_, response) => response.writeHead(503).end())
    expect(codesOf(metrics)).toEqual([])
  })

  test.each([
    [page({ process_resident_memory_bytes: 5 }), ['CPU time']],
    [page({ process_cpu_seconds_total: 5 }), ['memory']],
  ])('a page without one of the two says so (%#)', async (answer, words) => {
    const { metrics, readAfter } = await watch(answer)
    await readAfter(SECOND_US, answer)
    const [warning] = metrics.takeWarnings()
    expect(warning?.code).toBe('server-metrics-partial')
    for (const word of words) expect(warning?.message).toContain(word)
  })

  test.each([
    [0.89, 0, []],
    [0.91, 0, ['server-metrics-partial']],
    [0.91, 2, []],
  ])(
    'without the cores a warning says so only once they matter: %f of a core, %i cores',
    async (share, cores, codes) => {
      const more = cores === 0 ? {} : { system_cpu_count: cores }
      const { metrics, readAfter } = await watch(load(10, more))
      await readAfter(SECOND_US, load(10 + share, more))
      expect(codesOf(metrics)).toEqual(codes)
      // Told once for each time asked.
      expect(codesOf(metrics)).toEqual([])
    },
  )

  test('one reading at a time, and none after close', async () => {
    const { metrics, server, sampleAfter } = await watch(load(1))
    let underWay = 0
    server.answer = (_, response) => {
      underWay++
      expect(underWay).toBe(1)
      setImmediate(() => {
        underWay--
        response.end('process_cpu_seconds_total 5\n')
      })
    }
    for (let count = 0; count < 5; count++) sampleAfter(SECOND_US)
    await server.answered(2)
    metrics.close()
    sampleAfter(SECOND_US)
    metrics.readMoment(() => {})
    expect(server.requests).toHaveLength(2)
  })

  test('asks for a page that need not be compressed, and reads a compressed one all the same', async () => {
    const text = 'process_cpu_seconds_total 5\nprocess_resident_memory_bytes 7\n'
    const { server, sampleAfter } = await watch((_, response) =>
      response.setHeader('content-encoding', 'gzip').end(gzipSync(text)),
    )
    expect(server.requests[0]?.headers['accept-encoding']).toBe('identity')
    expect(sampleAfter(0).rssBytes).toBe(7)
  })
})

const bomb = gzipSync(Buffer.alloc(100_000_000))

describe('a page that tells nothing', () => {
  async function problemOf(answer: RequestListener, path = ''): Promise<string> {
    const server = await startMetrics(answer)
    open.push(server)
    const shownUrl = 'http://SHOWN'
    const opening = openServerMetrics({ url: `${server.url}${path}`, shownUrl, tls: TLS, nowUs: () => 0 })
    const error: unknown = await opening.then(({ close }) => close()).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RunError)
    const { message } = error as RunError
    expect(message).toMatch(/^--server-metrics http:\/\/SHOWN: /)
    expect(message).not.toMatch(/secret/)
    return message.slice('--server-metrics http://SHOWN: '.length)
  }

  const cases: readonly (readonly [string, RequestListener, string])[] = [
    [
      '404',
      (_, response) => response.writeHead(404).end('secret'),
      'answers with status 404; is that the page of metrics?',
    ],
    [
      '500',
      (_, response) => response.writeHead(500, 'secret').end(),
      'answers with status 500; is that the page of metrics?',
    ],
    [
      'a login',
      (_, response) => response.writeHead(401).end(),
      'asks for a login (401), which goes in the address: http://USER:PASSWORD@HOST/metrics',
    ],
    [
      'a redirect',
      (_, response) => response.writeHead(302, { location: '/secret' }).end(),
      'answers with a redirect (302); give the address it leads to',
    ],
    [
      'a web page',
      (_, response) => response.end('<html>secret'),
      'it gives HTML or XML without process_resident_memory_bytes',
    ],
    ['over a megabyte', (_, response) => response.end(Buffer.alloc(1_048_577, '#')), 'sends over 1 MiB'],
    ['a bomb', (_, response) => response.setHeader('content-encoding', 'gzip').end(bomb), 'sends over 1 MiB'],
    [
      'no gzip',
      (_, response) => response.setHeader('content-encoding', 'gzip').end('secret'),
      'the request failed (Z_DATA_ERROR)',
    ],
    [
      'brotli',
      (_, response) => response.setHeader('content-encoding', 'br').end('secret'),
      'sends it in an encoding other than gzip',
    ],
    [
      'a broken connection',
      (request) => request.socket.resetAndDestroy(),
      'it broke off the connection (ECONNRESET)',
    ],
    [
      'an answer that breaks off',
      (_, response) =>
        response.writeHead(200, { 'content-length': 100 }).write('a', () => response.destroy()),
      'it broke off the connection (ECONNRESET)',
    ],
    ['no HTTP', (request) => request.socket.end('secret\r\n\r\n'), 'it does not speak HTTP (HPE_'],
  ]
  test.each(cases)('%s', async (_, answer, problem) => {
    expect(await problemOf(answer)).toContain(problem)
  })

  test('nobody there', async () => {
    const server = await startMetrics(() => {})
    await server.close()
    const opening = openServerMetrics({ url: server.url, shownUrl: 'http://SHOWN', tls: TLS, nowUs: () => 0 })
    await expect(opening).rejects.toThrow('nothing accepts connections there (ECONNREFUSED)')
  })

  test('no answer at all, within 3 s', async () => {
    expect(await problemOf(() => {})).toBe('gave no whole answer within 3 s')
  })
})

describe('addresses', () => {
  test.each([
    [{ ...TLS, ca: authority }, 'read'],
    [{ ...TLS, insecure: true }, 'read'],
    [TLS, 'the request failed (UNABLE_TO_VERIFY_LEAF_SIGNATURE)'],
  ])('https:// is trusted as the target is (%#)', async (tls, outcome) => {
    const server = await startMetrics(load(1), validServer)
    open.push(server)
    const opening = openServerMetrics({ url: server.url, shownUrl: '', tls, nowUs: () => 0 })
    const seen = await opening.then(
      (metrics) => {
        open.push(metrics)
        return 'read'
      },
      (error: Error) => error.message,
    )
    expect(seen).toContain(outcome)
  })

  test("user and password go as a login, and the target's headers do not go at all", async () => {
    const server = await startMetrics(load(1))
    const url = server.url.replace('http://', 'http://me:pa%20ss@')
    const metrics = await openServerMetrics({ url, shownUrl: '', tls: TLS, nowUs: () => 0 })
    open.push(server, metrics)
    const [request] = server.requests
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('me:pa ss').toString('base64')}`)
    expect(request?.url).toBe('/metrics')
  })
})
