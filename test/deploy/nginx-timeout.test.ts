/** A real nginx whose read timeout drops what is idle: found as such, and who pings stays. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../../src/servers/start.ts'
import { countOf, runOne } from '../support/weather.ts'
import { findNginx, type Nginx, startNginx } from './nginx-process.ts'

const nginx = findNginx()
const title =
  nginx === null ? 'read timeout of nginx: skipped, nginx is not installed' : 'read timeout of nginx'
const TIMEOUT_US = 2_000_000

describe.runIf(nginx !== null)(title, () => {
  let server: RunningServer
  let proxy: Nginx
  beforeAll(async () => {
    server = await startServer('echo', { port: 0 })
    proxy = await startNginx(nginx!, server.port, [['proxy_read_timeout 86400s', 'proxy_read_timeout 2s']])
  })
  afterAll(async () => {
    await proxy?.stop()
    await server?.close()
  })

  it('heartbeat finds it, to the second, and that pings keep a connection', async () => {
    const url = `ws://127.0.0.1:${proxy.port}/ws`
    const test = await runOne(`${url} --test-type heartbeat --dialect echo -c 30 -d 4 --ping-interval 500ms`)
    const finding = (code: string) => test.findings.find((one) => one.code === code)
    expect(finding('pinging-connections')).toMatchObject({ verdict: 'good' })
    const idle = finding('idle-connections')!
    expect([idle.verdict, idle.message]).toEqual([
      'bad',
      expect.stringMatching(/^all 12 connections that only answer were dropped after [12]\.\d s$/),
    ])
    expect(Math.abs(idle.value! - TIMEOUT_US)).toBeLessThan(500_000)
    // The server sends no pings, so nothing can be said of those that would not answer them.
    expect(finding('unanswered-pings')).toMatchObject({ verdict: 'unknown' })
    expect(countOf(test, 'connections_closed{group=idle}')).toBe(12)
    expect(countOf(test, 'connections_closed{group=silent}')).toBe(6)
    expect(countOf(test, 'connections_closed{group=pinging}')).toBe(0)
  })
})
