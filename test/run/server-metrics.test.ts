/** `--server-metrics`: the figures of a server elsewhere in a run's result, and what becomes of them when its page ends. */
import type { RequestListener } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { RunError } from '../../src/errors.ts'
import type { Progress } from '../../src/result/progress.ts'
import { type MetricsServer, startMetrics } from '../observe/metrics-server.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { metricOf, runLine, runOne } from '../support/weather.ts'

const BASE_BYTES = 50_000_000

let server: BadServer | null = null
let metrics: MetricsServer | null = null
afterEach(async () => {
  await server?.close()
  await metrics?.close()
  server = metrics = null
})

/** A server, and a page that tells the same of it at every time, but for 10,000 bytes more with each open connection. */
async function start(figures: Readonly<Record<string, unknown>>): Promise<string> {
  server = await startBadServer('echo')
  const { log, url } = server
  const answer: RequestListener = (_, response) => {
    const open = log.connections.filter(({ clientEnd }) => clientEnd === null).length
    response.end(JSON.stringify({ rssBytes: BASE_BYTES + 10_000 * open, ...figures }))
  }
  metrics = await startMetrics(answer)
  return `${url} --server-metrics ${metrics.url}`
}

function gaugeOf(test: Awaited<ReturnType<typeof runOne>>, name: string): number | null {
  const metric = metricOf(test, name)
  return metric.type === 'gauge' ? metric.value : Number.NaN
}

describe('--server-metrics', () => {
  it('tells CPU and memory, and memory at the moments that count, of exactly these moments', async () => {
    const target = await start({ cpuPercent: 42, cores: 1 })
    const test = await runOne(`${target} -c 500 -m 1 -d 2s --rate 50 -W 0`)
    const gauges = ['', '_idle', '_connected', '_after'].map((moment) => gaugeOf(test, `server_rss${moment}`))
    const full = BASE_BYTES + 5_000_000
    expect(gauges).toEqual([full, BASE_BYTES, full, BASE_BYTES])
    expect(gaugeOf(test, 'server_rss_per_connection')).toBe(10_000)
    expect(gaugeOf(test, 'server_cpu')).toBe(42)
    const holds = test.intervals.filter(({ phase }) => phase === 'hold')
    // On a busy machine a reading may come too late for its interval.
    const known = holds.filter(({ serverCpuPercent }) => serverCpuPercent !== null)
    expect(known.length).toBeGreaterThan(0)
    for (const { serverRssBytes, serverCpuPercent } of known) {
      expect([serverRssBytes, serverCpuPercent]).toEqual([full, 42])
    }
    expect(test.warnings.filter(({ code }) => code.startsWith('server-'))).toEqual([])
  })

  it('of a run that is over at once the memory after it is not that of its connections', async () => {
    const target = await start({ cpuPercent: 42 })
    const test = await runOne(`${target} -c 20 -m 1 -R 1000 -W 0`)
    const gauges = ['_connected', '_after'].map((moment) => gaugeOf(test, `server_rss${moment}`))
    expect(gauges).toEqual([BASE_BYTES + 200_000, BASE_BYTES])
  })

  it.each([
    { cpuPercent: 180, cores: 2, isFull: true },
    { cpuPercent: 180, cores: 4, isFull: false },
  ])('$cpuPercent % of $cores cores: that the server is full is $isFull', async ({ isFull, ...figures }) => {
    const target = await start(figures)
    const { validity } = await runOne(`${target} -c 5 -d 2s -W 0`)
    const isLimit = validity.limitedBy === 'server' && validity.reasons[0]?.code === 'server-cpu'
    expect(isLimit).toBe(isFull)
  })

  it('once the page ends the figures are null, and a warning says how many are missing and why', async () => {
    const target = await start({ cpuPercent: 42 })
    const end = () => {
      metrics!.answer = (_, response) => response.writeHead(503).end()
    }
    const options = { onProgress: ({ phase }: Progress) => (phase === 'hold' ? end() : undefined) }
    const test = await runOne(`${target} -c 5 -d 5s --rate 50 -W 0`, { options })
    const holds = test.intervals.filter(({ phase }) => phase === 'hold')
    expect(holds[0]?.serverRssBytes).toBe(BASE_BYTES + 50_000)
    expect(holds.at(-1)).toMatchObject({ serverCpuPercent: null, serverRssBytes: null })
    expect(gaugeOf(test, 'server_rss_after')).toBeNull()
    expect(gaugeOf(test, 'server_rss')).toBe(BASE_BYTES + 50_000)
    const [warning] = test.warnings.filter(({ code }) => code === 'server-metrics-missed')
    expect(warning?.message).toMatch(/^\d+ of \d+ readings .* \(the last one: answers with status 503/)
  })

  it('a page that cannot be read ends the run before anything is opened, without its secrets', async () => {
    const target = await start({})
    await metrics!.close()
    const line = target.replace(/http:\/\/(\S+)$/, 'http://me:hushhush@$1?key=hushhush')
    const error = await runLine(`${line} -c 5 -m 1`).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RunError)
    expect((error as RunError).message).toBe(
      `--server-metrics http://127.0.0.1:${metrics!.port}/metrics?key=…: nothing accepts connections there (ECONNREFUSED)`,
    )
    expect(server!.log.accepted).toBe(0)
  })

  it('its login and query stand nowhere in the result', async () => {
    const target = await start({ cpuPercent: 42 })
    const line = target.replace(/http:\/\/(\S+)$/, 'http://me:hushhush@$1?key=hushhush')
    const result = await runLine(`${line} -c 5 -m 1`)
    expect(metrics!.requests[0]?.headers.authorization).toMatch(/^Basic /)
    expect(metrics!.requests[0]?.url).toBe('/metrics?key=hushhush')
    expect(JSON.stringify(result)).not.toContain('hushhush')
    expect(result.target.serverVisible).toBe(true)
  })
})
