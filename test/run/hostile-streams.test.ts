/** Event streams that mean harm: lines and events without end, floods, reconnect times that are lies. */
import { afterEach, describe, expect, it } from 'vitest'
import type { BehaviourName } from '../support/bad-server/behaviours.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { countsOf, errorsOf, runOne } from '../support/weather.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

async function runStream(name: BehaviourName, parameters: object, line = '') {
  server = await startBadServer(name, parameters)
  const { rss } = process.memoryUsage()
  const url = server.url.replace('ws:', 'http:')
  const test = await runOne(`${url}/events -c 3 -d 1s --dialect sse --push-interval 1s ${line}`)
  return { counts: countsOf(test), errors: errorsOf(test), grown: process.memoryUsage.rss() - rss }
}

describe('what has no end ends as too-large', () => {
  const long = 'x'.repeat(1000)
  it.each([
    ['a line', { again: long }],
    ['an id', { first: 'id: ', again: long }],
    ['an event without an empty line', { again: `data: ${long}\n` }],
    ['an event of empty lines of data', { again: 'data\n'.repeat(100) }],
    ['an event type', { first: 'data: x\nevent: ', again: long }],
    ['a comment', { first: ':', again: long }],
  ])('%s', async (_, parameters) => {
    const { counts, errors, grown } = await runStream('events', parameters, '--max-message 65536')
    expect(errors['too-large event over 65536 bytes']).toBe(3)
    expect(counts).toMatchObject({ opened: 3, failed: 0, closed: 3, received: 0 })
    expect(grown).toBeLessThan(100e6)
  })
})

describe('what stays within the rules is counted', () => {
  it('a flood of events', async () => {
    const { counts, grown } = await runStream('events', { again: 'data: x\n\n'.repeat(200) })
    expect(counts.closed).toBe(0)
    expect(counts.pushes_received).toBeGreaterThan(10_000)
    expect(grown).toBeLessThan(150e6)
  })

  it('a flood of comments', async () => {
    const { counts, grown } = await runStream('events', { again: ':\n'.repeat(200) })
    expect(counts).toMatchObject({ closed: 0, pushes_received: 0 })
    expect(counts.keep_alives_received).toBeGreaterThan(10_000)
    expect(grown).toBeLessThan(150e6)
  })

  it('retry: 0 makes no storm of our own', async () => {
    const { counts } = await runStream('events', { first: 'retry: 0\ndata: x\n\n', ends: true })
    expect(counts.opened).toBe(3)
    expect(counts.reconnects).toBeGreaterThan(0)
    expect(server!.log.accepted).toBeLessThanOrEqual(3 * 101)
  })

  it.each(['999999999999999999999', '-5', 'Infinity', '1e9'])(
    'retry: %s keeps no run from ending',
    async (retry) => {
      const { counts } = await runStream('events', { first: `retry: ${retry}\ndata: x\n\n`, ends: true })
      expect(counts).toMatchObject({ opened: 3, failed: 0 })
    },
  )

  it('an id of 100,000 bytes goes back in no header that a server could not take', async () => {
    const id = 'i'.repeat(100_000)
    const { counts } = await runStream('events', { first: `retry: 50\nid: ${id}\ndata: x\n\n`, ends: true })
    expect(counts.opened).toBe(3)
    for (const { requestHeaders } of server!.log.connections)
      expect(requestHeaders['last-event-id']?.length ?? 0).toBeLessThanOrEqual(8192)
  })
})

describe('what is no stream', () => {
  it.each<[BehaviourName, object, string]>([
    [
      'status',
      { status: 302, location: 'http://u:p@elsewhere/x?y=z' },
      'upgrade-status 302 -> http://elsewhere/x',
    ],
    ['garbage-response', {}, 'upgrade-invalid HPE_INVALID_CONSTANT'],
    ['endless-headers', {}, 'upgrade-invalid HPE_HEADER_OVERFLOW'],
    ['endless-header-line', {}, 'upgrade-invalid HPE_HEADER_OVERFLOW'],
    ['endless-interim', { everyMs: 5 }, 'upgrade-timeout timeout'],
    ['silent-accept', {}, 'upgrade-timeout timeout'],
    ['close-in-handshake', {}, 'closed-in-handshake FIN'],
  ])('%s %j', async (name, parameters, failure) => {
    const { counts, errors } = await runStream(name, parameters, '--connect-timeout 400ms')
    expect(errors).toEqual({ [failure]: 3 })
    expect(counts).toMatchObject({ opened: 0, failed: 3 })
  })
})
