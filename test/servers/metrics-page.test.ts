import { afterEach, expect, test } from 'vitest'
import { parseServerMetrics } from '../../src/observe/server-metrics-text.ts'
import { type RunningServer, startServer } from '../../src/servers/start.ts'
import { openClient } from '../support/ws-client.ts'

let server: RunningServer | undefined
afterEach(() => server?.close())

function gaugeOf(page: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1])
}

test.each(['echo', 'momentum', 'sse', 'all'])(
  '%s has a page of metrics that --server-metrics reads',
  async (name) => {
    server = await startServer(name, { port: 0 })
    const response = await fetch(`http://127.0.0.1:${server.port}/metrics?any=thing`)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const page = await response.text()
    const parsed = parseServerMetrics(page)
    if (!parsed.ok) throw new Error(parsed.problem)
    const { rssBytes, cpuUs, cores, startedAtSec } = parsed.figures
    expect(rssBytes).toBeGreaterThan(10e6)
    expect(cpuUs).toBeGreaterThan(0)
    expect(cpuUs).toBeLessThanOrEqual(process.cpuUsage().user + process.cpuUsage().system)
    expect(cores).toBeGreaterThan(0)
    expect(Math.abs(startedAtSec! - (Date.now() / 1000 - process.uptime()))).toBeLessThan(5)
  },
)

test('its connections are those that are open, with the one that asks', async () => {
  server = await startServer('echo', { port: 0 })
  const metricsUrl = `http://127.0.0.1:${server.port}/metrics`
  const clients = [await openClient(server.url), await openClient(server.url)]
  const count = async () => {
    const response = await fetch(metricsUrl, { headers: { connection: 'close' } })
    return gaugeOf(await response.text(), 'stress_connections_open')
  }
  await expect.poll(count).toBe(3)
  clients[0]!.socket.terminate()
  await expect.poll(count).toBe(2)
})

test.each([
  ['POST', '/metrics', 426],
  ['GET', '/metrics/more', 426],
])('%s %s is no page of metrics', async (method, path, status) => {
  server = await startServer('echo', { port: 0 })
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method })
  await response.body?.cancel()
  expect(response.status).toBe(status)
})
