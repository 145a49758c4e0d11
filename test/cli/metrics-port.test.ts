import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type MetricsPort, openMetricsPort } from '../../src/cli/metrics-port.ts'
import { UsageError } from '../../src/errors.ts'
import { makeFailedGate, makeIntervals } from '../support/sample-result.ts'

let port: MetricsPort | null = null
afterEach(() => port?.close())

const [SECOND] = makeIntervals(1, 2_000, 300, 900)

describe('openMetricsPort', () => {
  it('serves the page on a free port of this machine', async () => {
    port = await openMetricsPort({ host: '127.0.0.1', port: 0 })
    expect(port.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
    port.page.addReading({ test: 'sustained', interval: SECOND!, soFar: null })
    const response = await fetch(port.url)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await response.text()).toContain(
      'stress_traffic_sent_total{test="sustained",phase="warmup"} 2000\n',
    )
  })

  it('answers in OpenMetrics to those who ask for it, as Prometheus does', async () => {
    port = await openMetricsPort({ host: '127.0.0.1', port: 0 })
    const accept =
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
    const response = await fetch(port.url, { headers: { accept } })
    expect(response.headers.get('content-type')).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    )
    expect(await response.text()).toMatch(/# EOF\n$/)
  })

  it('has nothing else, and takes nothing', async () => {
    port = await openMetricsPort({ host: '127.0.0.1', port: 0 })
    const root = new URL('/', port.url)
    expect((await fetch(root)).status).toBe(404)
    expect((await fetch(port.url, { method: 'POST', body: 'x' })).status).toBe(405)
    expect((await fetch(`${port.url}?a=b`)).status).toBe(200)
  })

  it('says so when the page cannot be made, and goes on', async () => {
    port = await openMetricsPort({ host: '127.0.0.1', port: 0 })
    const soFar = () => {
      throw new Error('broken')
    }
    port.page.addReading({ test: 'sustained', interval: SECOND!, soFar })
    expect((await fetch(port.url)).status).toBe(500)
    port.page.endTest(makeFailedGate().tests[0]!, makeFailedGate())
    expect((await fetch(port.url)).status).toBe(200)
  })

  it('ends with its readers', async () => {
    const own = await openMetricsPort({ host: '127.0.0.1', port: 0 })
    await (await fetch(own.url)).text()
    await own.close()
    await expect(fetch(own.url)).rejects.toThrow()
  })

  it('names what is wrong with a port', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const address = taken.address()
    if (typeof address !== 'object' || address === null) throw new Error('not listening')
    const problemOf = async (host: string, at: number): Promise<string> => {
      const error = await openMetricsPort({ host, port: at }).catch((caught: unknown) => caught)
      return error instanceof UsageError ? (error.mistakes[0]?.problem ?? '') : String(error)
    }
    expect(await problemOf('127.0.0.1', address.port)).toBe('is in use already')
    // Of the addresses for documentation no machine has one.
    expect(await problemOf('192.0.2.1', 0)).toBe('is at an address that this machine does not have')
    expect(await problemOf('no-such-host.invalid', 0)).toMatch(/does not resolve|cannot be listened on/)
    taken.close()
  })
})
