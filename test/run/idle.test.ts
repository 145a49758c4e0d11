/** Silent connections over real sockets: held, and found dropped when the server drops them. */
import { afterEach, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../../src/servers/start.ts'
import { countOf, errorsOf, metricOf, runOne } from '../support/weather.ts'

let server: RunningServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

describe('idle', () => {
  it('sends nothing and holds all of them; the finding says so', async () => {
    server = await startServer('echo', { port: 0 })
    const test = await runOne(`${server.url} --test-type idle -c 30 -d 1`)
    expect(
      ['messages_sent', 'connections_opened', 'connections_closed'].map((n) => countOf(test, n)),
    ).toEqual([0, 30, 0])
    expect(test.findings).toMatchObject([
      { code: 'idle-connections', verdict: 'good', message: 'all 30 idle connections stayed open for 1.0 s' },
    ])
    expect([test.status, test.validity.state]).toEqual(['completed', 'valid'])
  })

  it('finds an idle timeout, to the second, and how many it hit', async () => {
    server = await startServer('echo', { port: 0, faults: { idleTimeoutMs: 1500 } })
    const test = await runOne(`${server.url} --test-type idle -c 30 -d 3`)
    expect(countOf(test, 'connections_closed')).toBe(server.faults.idleDropped)
    expect(server.faults.idleDropped).toBe(30)
    expect(errorsOf(test)).toEqual({ 'closed-without-close-frame 1006': 30 })
    const [finding] = test.findings
    expect(finding).toMatchObject({ code: 'idle-connections', verdict: 'bad' })
    // A timeout fires late, never early; that our side sees the upgrade later than the server is all that shortens it.
    expect(finding!.value).toBeGreaterThan(1_300_000)
    expect(finding!.value).toBeLessThan(2_500_000)
    expect(metricOf(test, 'connection_lifetime')).toMatchObject({ count: 30, clamped: 0 })
  })

  it('a dialect with an audience, or one that only pushes, is held just so', async () => {
    server = await startServer('rooms', { port: 0 })
    const test = await runOne(`${server.url} --test-type idle --dialect rooms -c 10 -d 1`)
    expect([test.plan.fanOut, countOf(test, 'messages_unexpected'), test.errors]).toEqual([null, 0, []])
  })
})
