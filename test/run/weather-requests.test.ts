/** What reaches the server: addresses, headers, names, templates, groups, cycles and ramps, checked against its own log. */
import { networkInterfaces } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { countOf, countsOf, errorsOf, metricOf, runLine, runOne } from '../support/weather.ts'

const servers: BadServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(...given: Parameters<typeof startBadServer>): Promise<BadServer> {
  const server = await startBadServer(...given)
  servers.push(server)
  return server
}

const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
)
const valuesOf = (server: BadServer, name: string) =>
  server.log.connections.map((one) => one.requestHeaders[name]).sort()

describe('handshake requests', () => {
  it('carry custom headers, a subprotocol and Basic credentials, and the result carries no password', async () => {
    const server = await start('subprotocol-echo')
    const address = `ws://ann:p%40ss@127.0.0.1:${server.port}/room?key=hidden`
    const result = await runLine(`${address} -c 2 -m 1 --subprotocol chat.v2 -H X-Mine:yes`)
    expect(countsOf(result.tests[0]!)).toMatchObject({ opened: 2, received: 2 })
    expect(server.log.connections[0]?.requestLine).toBe('GET /room?key=hidden HTTP/1.1')
    expect(server.log.connections[0]?.requestHeaders).toMatchObject({
      host: `127.0.0.1:${server.port}`,
      'sec-websocket-protocol': 'chat.v2',
      'x-mine': 'yes',
      authorization: `Basic ${Buffer.from('ann:p@ss').toString('base64')}`,
    })
    expect(JSON.stringify(result)).not.toMatch(/p@ss|p%40ss|hidden|YW5uOnBAc3M/)
  })

  it('a server that chooses no subprotocol of those offered is refused', async () => {
    const server = await start('echo')
    expect(errorsOf(await runOne(`${server.url} -c 2 -m 1 --subprotocol chat`))).toEqual({
      'upgrade-invalid no subprotocol chosen': 2,
    })
  })

  it('{client} and {token} are filled in in the URL and the headers, encoded in the URL', async () => {
    const server = await start('header-log')
    const line = `ws://127.0.0.1:${server.port}/room/{client}?t={token} -c 3 -m 1 -H X-Id:{client}-{token} --token a/b --token c`
    expect(countsOf(await runOne(line))).toMatchObject({ opened: 3, received: 3 })
    expect(server.log.connections.map((one) => one.requestLine).sort()).toEqual([
      'GET /room/0?t=a%2Fb HTTP/1.1',
      'GET /room/1?t=c HTTP/1.1',
      'GET /room/2?t=a%2Fb HTTP/1.1',
    ])
    expect(valuesOf(server, 'x-id')).toEqual(['0-a/b', '1-c', '2-a/b'])
  })
})

describe('messages', () => {
  it('a template is filled in for each message, behind the opening message', async () => {
    const server = await start('keep')
    const test = await runOne(
      `${server.url} -c 2 -m 12 --payload {"c":{client},"n":{seq},"t":"{token}"} --on-open hello-{client}-{token} --token tok`,
    )
    expect(countsOf(test)).toMatchObject({ sent: 24, received: 24, lost: 0 })
    for (const [index, connection] of server.log.connections.entries()) {
      const client = Number(connection.kept[0]?.split('-')[1])
      expect(client, `connection ${index}`).toBeLessThan(2)
      expect(connection.kept).toEqual([
        `hello-${client}-tok`,
        ...Array.from({ length: 12 }, (_, seq) => `{"c":${client},"n":${seq},"t":"tok"}`),
      ])
    }
    // The opening message is none of the workload's: its echo answers nothing.
    expect(countsOf(test)).toMatchObject({ due: 24, duplicated: 0 })
  })

  it('generated ones have the size that was asked for, and count on', async () => {
    const server = await start('keep')
    await runOne(`${server.url} -c 1 -m 101 -s 40`)
    const kept = server.log.connections[0]!.kept
    expect(kept).toHaveLength(101)
    expect(new Set(kept.map((text) => text.length))).toEqual(new Set([40]))
    expect(kept.map((text) => Number(/s(\d{10})/.exec(text)?.[1]))).toEqual(Array.from(kept, (_, n) => n))
  })

  it('bytes are counted as they are on the wire', async () => {
    const server = await start('echo')
    const test = await runOne(`${server.url} -c 2 -m 10 -s 32`)
    expect(countOf(test, 'bytes_sent')).toBe(20 * 38)
  })

  it('compressed ones come back too', async () => {
    const server = await start('echo')
    const test = await runOne(`${server.url} -c 2 -m 5 --compress`)
    expect(countsOf(test)).toMatchObject({ opened: 2, sent: 10, received: 10 })
    expect(test.warnings.map(({ code }) => code)).toContain('compressed')
  })
})

describe('addresses', () => {
  it.runIf(hasIpv6)('IPv6', async () => {
    const server = await start('echo', { host: '::1' })
    const test = await runOne(`ws://[::1]:${server.port}/x -c 2 -m 2`)
    expect(countsOf(test)).toMatchObject({ opened: 2, received: 4 })
    expect(valuesOf(server, 'host')).toEqual([`[::1]:${server.port}`, `[::1]:${server.port}`])
  })

  it('localhost, with a server on 127.0.0.1 only', async () => {
    const server = await start('echo')
    const test = await runOne(`ws://localhost:${server.port} -c 4 -m 2`)
    expect(countsOf(test)).toMatchObject({ opened: 4, failed: 0, received: 8 })
    expect(valuesOf(server, 'host')).toEqual(Array(4).fill(`localhost:${server.port}`))
  })

  it('several URLs get equal shares', async () => {
    const three = [await start('echo'), await start('echo'), await start('echo')]
    const test = await runOne(`${three.map(({ url }) => `--url ${url}`).join(' ')} -c 9 -m 2`)
    expect(countsOf(test)).toMatchObject({ opened: 9, received: 18 })
    expect(three.map(({ log }) => [log.accepted, log.messages])).toEqual(Array(3).fill([3, 6]))
  })

  it.runIf(process.platform === 'linux')('source addresses take turns', async () => {
    const server = await start('echo')
    const test = await runOne(`${server.url} -c 6 -m 1 --source-ip 127.0.0.2,127.0.0.3`)
    expect(countsOf(test)).toMatchObject({ opened: 6, received: 6 })
    const from = server.log.connections.map((one) => one.remoteAddress).sort()
    expect(from).toEqual([...Array(3).fill('127.0.0.2'), ...Array(3).fill('127.0.0.3')])
  })
})

describe('workloads', () => {
  it('two groups with pacings of their own have metrics of their own', async () => {
    const server = await start('echo')
    const scenario = `
url: ${server.url}
warmup: 0
groups:
  - { name: fast, connections: 2, messages: 30, rate: 200 }
  - { name: busy, connections: 3, messages: 10, inFlight: 2 }
`
    const test = await runOne('two.yaml', { files: { 'two.yaml': scenario } })
    expect(countsOf(test)).toMatchObject({ opened: 5, sent: 90, received: 90, due: 90 })
    expect(countOf(test, 'messages_sent{group=fast}')).toBe(60)
    expect(countOf(test, 'messages_sent{group=busy}')).toBe(30)
    expect(countOf(test, 'response_time{group=fast}')).toBe(60)
    expect(countOf(test, 'response_time{group=busy}')).toBe(30)
    expect(countOf(test, 'pacer_lag')).toBe(60)
    expect(test.metrics['pacer_lag{group=busy}']).toBeUndefined()
    // Closed groups have no due time of their own; their replies count in the whole all the same.
    expect(countOf(test, 'response_time')).toBe(90)
    expect(server.log.messages).toBe(90)
  })

  it('cycles connect, send and close again', async () => {
    const server = await start('echo')
    const test = await runOne(`${server.url} -c 3 -m 4 --cycles 3`)
    expect(countsOf(test)).toMatchObject({ attempted: 9, opened: 9, closed: 0, sent: 36, received: 36 })
    expect(server.log).toMatchObject({ accepted: 9, messages: 36, closesReceived: Array(9).fill(1000) })
  })

  it('a connect ramp dials each connection at its due time', async () => {
    const server = await start('echo')
    const test = await runOne(`${server.url} -c 20 -m 1 --connect-rate 100`)
    expect(countsOf(test)).toMatchObject({ opened: 20, received: 20 })
    // The last is due at 190 ms, and nobody dials early.
    const open100 = metricOf(test, 'open_100')
    expect(open100.type === 'gauge' && open100.value).toBeGreaterThanOrEqual(190_000)
    const lag = metricOf(test, 'connect_lag')
    expect(lag.type === 'trend' && lag.min).toBeGreaterThanOrEqual(0)
  })

  it('a storm holds all connections until everyone is open, each proven with one message', async () => {
    const server = await start('echo')
    const test = await runOne(`${server.url} --test-type storm -c 50 --connect-concurrency 10`)
    expect(countsOf(test)).toMatchObject({ attempted: 50, opened: 50, sent: 50, received: 50, closed: 0 })
    expect(metricOf(test, 'connect_time')).toMatchObject({ count: 50 })
    expect(server.log).toMatchObject({ accepted: 50, messages: 50 })
  })

  it('warm-up is recorded apart', async () => {
    const server = await start('echo')
    const test = await runOne(`${server.url} -c 2 -W 300ms -m 5`)
    expect(countsOf(test)).toMatchObject({ due: 10, sent: 10, received: 10, lost: 0 })
    expect(server.log.messages).toBeGreaterThan(10)
    expect(countOf(test, 'response_time')).toBe(10)
  })

  it('an exact number of messages at a rate', async () => {
    const server = await start('echo')
    const test = await runOne(`${server.url} -c 7 -m 10 -R 350`)
    expect(countsOf(test)).toMatchObject({ due: 70, sent: 70, received: 70 })
    expect(server.log.connections.map((one) => one.messages)).toEqual(Array(7).fill(10))
  })
})
