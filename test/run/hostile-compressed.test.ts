/** The same harm against the engine of compressed runs, which has its own reader: a bomb, frames without end, ends that never come. */
import { afterEach, describe, expect, it } from 'vitest'
import type { BehaviourName } from '../support/bad-server/behaviours.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { countsOf, errorsOf, runOne, type Weather } from '../support/weather.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

const SOON: Weather = { limits: { closeTimeoutUs: 200_000 } }

describe('compressed', () => {
  const refused: [name: BehaviourName, parameters: object, failure: string][] = [
    ['endless-headers', {}, 'upgrade-invalid HPE_HEADER_OVERFLOW'],
    ['endless-header-line', {}, 'upgrade-invalid HPE_HEADER_OVERFLOW'],
    ['garbage-response', {}, 'upgrade-invalid HPE_INVALID_CONSTANT'],
    ['endless-interim', { everyMs: 5 }, 'upgrade-timeout timeout'],
    ['slow-headers', { everyMs: 20 }, 'upgrade-timeout timeout'],
    ['status', { status: 200, location: 'http://h/' }, 'upgrade-status 200'],
    ['status', { status: 301, location: 'http://u:p@h/a?b=c' }, 'upgrade-status 301 -> http://h/a'],
  ]
  it.each(refused)('%s %j', async (name, parameters, failure) => {
    server = await startBadServer(name, parameters)
    const test = await runOne(`${server.url} -c 3 -m 1 --compress --connect-timeout 400ms`)
    expect(errorsOf(test)).toEqual({ [failure]: 3 })
    expect(countsOf(test)).toMatchObject({ attempted: 3, opened: 0, failed: 3 })
  })

  const ended: [name: BehaviourName, parameters: object, line: string, failure: string][] = [
    ['bomb', { sizeBytes: 200e6 }, '', 'too-large WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'],
    ['bomb', { sizeBytes: 70_000 }, '--max-message 65536', 'too-large WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'],
    ['endless-fragments', { sizeBytes: 1 }, '', 'too-large WS_ERR_TOO_MANY_BUFFERED_PARTS'],
    ['endless-fragments', { sizeBytes: 0 }, '', 'too-large WS_ERR_TOO_MANY_BUFFERED_PARTS'],
    ['frame-of-2^63', {}, '', 'too-large WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH'],
    ['long-close-reason', { sizeBytes: 2000 }, '', 'protocol WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH'],
    ['reset-after', { after: 2 }, '', 'reset ECONNRESET'],
    // What follows its Close frame, and that it lets go of nothing, changes neither the count nor the code.
    ['close-then-flood', {}, '', 'close-code 1011'],
    ['close-and-linger', { code: 1008 }, '', 'close-code 1008'],
    ['everyone-differs', {}, '', 'close-code'],
  ]
  it.each(ended)('%s %j %s', async (name, parameters, line, failure) => {
    const healthy = await startBadServer('echo')
    server = await startBadServer(name, parameters)
    const { rss } = process.memoryUsage()
    const urls = `--url ${server.url} --url ${healthy.url}`
    const startedMs = performance.now()
    const test = await runOne(`${urls} -c 6 -m 4 -t 1s --compress ${line}`, SOON)
    const grown = process.memoryUsage.rss() - rss
    await healthy.close()
    const ofConnections = test.errors.filter((error) => !/^(?:not-open|connection-ended)$/.test(error.class))
    expect([...new Set(ofConnections.map((error) => error.class))]).toEqual([failure.split(' ')[0]])
    expect(ofConnections.reduce((sum, { count }) => sum + count, 0)).toBe(3)
    if (name !== 'everyone-differs') expect(errorsOf(test)[failure]).toBe(3)
    expect(countsOf(test)).toMatchObject({ attempted: 6, opened: 6, failed: 0, closed: 3 })
    expect(healthy.log.messages).toBe(12)
    expect(grown).toBeLessThan(200e6)
    // ws by itself waits 30 s for the end of a connection that is closing.
    expect(performance.now() - startedMs).toBeLessThan(15_000)
  })

  it('pings of a server that reads no pongs: these are left out, and memory stays bounded', async () => {
    server = await startBadServer('ping-flood', { reads: false, sizeBytes: 125 })
    const { rss } = process.memoryUsage()
    const test = await runOne(`${server.url} -c 2 -d 1500ms -W 0 -r 5 -t 300ms --compress`, SOON)
    const { pings_received: pings, pongs_sent: pongs } = countsOf(test)
    // 131 bytes each: the kernel takes some 3 MB a connection, we keep 1 MiB.
    expect(pongs).toBeLessThan(Math.min(pings!, 150_000))
    expect(process.memoryUsage.rss() - rss).toBeLessThan(200e6)
  })

  it('a compressed message of the allowed size comes through', async () => {
    server = await startBadServer('bomb', { sizeBytes: 10e6 })
    const test = await runOne(`${server.url} -c 2 -m 1 -t 500ms --compress`, SOON)
    expect(countsOf(test)).toMatchObject({ closed: 0, unexpected: 2 })
  })
})
