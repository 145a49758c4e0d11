/** Connections that do not come about: each failure has its own class, is counted exactly, and the run ends. */
import net, { type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { BehaviourName } from '../support/bad-server/behaviours.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { authority, expiredServer, validClient, validServer } from '../support/certificates.ts'
import { countsOf, errorsOf, runLine, runOne } from '../support/weather.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

const FILES = { 'ca.pem': authority, 'client.pem': validClient.cert, 'client-key.pem': validClient.key }
const NOBODY = { attempted: 5, opened: 0, failed: 5, closed: 0, due: 0, sent: 0, received: 0, lost: 0 }

async function findClosedPort(): Promise<number> {
  const probe = net.createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

describe('nobody answers', () => {
  it('nothing listening is refused, and the run failed', async () => {
    const result = await runLine(`ws://127.0.0.1:${await findClosedPort()} -c 5 -d 10`)
    expect(errorsOf(result.tests[0]!)).toEqual({ 'refused ECONNREFUSED': 5 })
    expect(countsOf(result.tests[0]!)).toMatchObject(NOBODY)
    expect(result.status).toBe('failed')
  })

  it('a connection that is reset before it is open has no close code', async () => {
    const resetting = net.createServer((socket) => void socket.resetAndDestroy())
    await new Promise<void>((resolve) => resetting.listen(0, '127.0.0.1', resolve))
    const { port } = resetting.address() as AddressInfo
    const { tests } = await runLine(`wss://127.0.0.1:${port} -k -c 5 -d 10`)
    await new Promise((resolve) => resetting.close(resolve))
    expect(countsOf(tests[0]!)).toMatchObject(NOBODY)
    expect(errorsOf(tests[0]!)).toEqual({ 'reset ECONNRESET': 5 })
    expect(tests[0]!.closeCodes).toEqual({})
  })

  it('a name that does not resolve is dns', async () => {
    const result = await runLine('ws://something.invalid:9001 -c 5 -d 10')
    const [failure] = result.tests[0]!.errors
    expect(failure).toMatchObject({ class: 'dns', count: 5 })
    expect(failure?.detail).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/)
    expect(countsOf(result.tests[0]!)).toMatchObject(NOBODY)
    expect(result.status).toBe('failed')
  })

  it('a server that accepts and says nothing is given up after the connect timeout', async () => {
    server = await startBadServer('silent-accept')
    const test = await runOne(`${server.url} -c 5 -d 10 --connect-timeout 150ms`)
    expect(errorsOf(test)).toEqual({ 'upgrade-timeout timeout': 5 })
    expect(countsOf(test)).toMatchObject(NOBODY)
    expect(server.log.accepted).toBe(5)
  })
})

describe('handshakes that are refused', () => {
  const refused: [name: BehaviourName, parameters: object, failure: string][] = [
    ['status', { status: 401 }, 'upgrade-status 401'],
    ['status', { status: 403 }, 'upgrade-status 403'],
    ['status', { status: 404, body: 'no such path' }, 'upgrade-status 404'],
    ['status', { status: 426 }, 'upgrade-status 426'],
    ['status', { status: 500 }, 'upgrade-status 500'],
    [
      'status',
      { status: 301, location: 'https://user:pass@example.test/login?ticket=secret#x' },
      'upgrade-status 301 -> https://example.test/login',
    ],
    ['wrong-accept', {}, 'upgrade-invalid wrong Sec-WebSocket-Accept'],
    ['no-accept', {}, 'upgrade-invalid no Sec-WebSocket-Accept'],
    ['http-1.0', {}, 'upgrade-invalid HTTP/1.0'],
    ['garbage-response', { text: 'SSH-2.0-OpenSSH_9.6\r\n\r\n' }, 'upgrade-invalid not an HTTP response'],
    ['endless-headers', {}, 'upgrade-invalid response head over 16384 bytes'],
    ['wrong-upgrade-header', {}, 'upgrade-invalid no "Upgrade: websocket"'],
    ['unrequested-subprotocol', {}, 'upgrade-invalid subprotocol that was not offered'],
    ['unrequested-extension', {}, 'upgrade-invalid extension that was not offered'],
    ['close-in-handshake', {}, 'closed-in-handshake FIN'],
    ['reset-in-handshake', {}, 'closed-in-handshake RST'],
  ]
  it.each(refused)('%s %j', async (name, parameters, failure) => {
    server = await startBadServer(name, parameters)
    const result = await runLine(`${server.url} -c 5 -d 10 --connect-timeout 2s`)
    expect(errorsOf(result.tests[0]!)).toEqual({ [failure]: 5 })
    expect(countsOf(result.tests[0]!)).toMatchObject(NOBODY)
    expect(result.status).toBe('failed')
    expect(server.log).toMatchObject({ accepted: 5, upgraded: 0, messages: 0 })
  })

  it('a response head that comes byte by byte is read to its end', async () => {
    server = await startBadServer('slow-headers', { everyMs: 0 })
    const test = await runOne(`${server.url} -c 3 -m 2`)
    expect(errorsOf(test)).toEqual({})
    expect(countsOf(test)).toMatchObject({ opened: 3, sent: 6, received: 6 })
  })

  it('one server that refuses leaves the connections of the others alone', async () => {
    server = await startBadServer('status', { status: 503 })
    const healthy = await startBadServer('echo')
    const test = await runOne(`--url ${server.url} --url ${healthy.url} -c 6 -m 4`)
    await healthy.close()
    expect(countsOf(test)).toMatchObject({ attempted: 6, opened: 3, failed: 3, sent: 12, received: 12 })
    expect(countsOf(test)).toMatchObject({ due: 24, unsent_closed: 12 })
    expect(errorsOf(test)).toEqual({ 'upgrade-status 503': 3, 'not-open': 12 })
    expect(test.status).toBe('completed')
    expect(test.validity.state).not.toBe('invalid')
    expect([server.log.accepted, healthy.log.accepted]).toEqual([3, 3])
  })
})

describe('TLS', () => {
  it('an expired certificate is tls, by its own name', async () => {
    server = await startBadServer('echo', { tls: expiredServer })
    const test = await runOne(`${server.url} -c 5 -d 10 --ca ca.pem`, { files: FILES })
    expect(errorsOf(test)).toEqual({ 'tls CERT_HAS_EXPIRED': 5 })
    expect(countsOf(test)).toMatchObject(NOBODY)
  })

  it('an unknown authority is tls', async () => {
    server = await startBadServer('echo', { tls: validServer })
    expect(errorsOf(await runOne(`${server.url} -c 5 -d 10`))).toEqual({
      'tls UNABLE_TO_VERIFY_LEAF_SIGNATURE': 5,
    })
  })

  it('--insecure accepts both', async () => {
    for (const pair of [expiredServer, validServer]) {
      server = await startBadServer('echo', { tls: pair })
      const test = await runOne(`${server.url} -c 5 -m 2 -k`)
      expect(countsOf(test)).toMatchObject({ opened: 5, failed: 0, sent: 10, received: 10 })
      await server.close()
    }
  })

  it('wss with the right authority carries messages, and its TLS part is timed', async () => {
    server = await startBadServer('echo', { tls: validServer })
    const test = await runOne(`${server.url} -c 5 -m 20 --ca ca.pem`, { files: FILES })
    expect(errorsOf(test)).toEqual({})
    expect(countsOf(test)).toMatchObject({ opened: 5, sent: 100, received: 100 })
    expect(test.metrics.connect_tls).toMatchObject({ count: 5 })
    expect(server.log).toMatchObject({ messages: 100, closesReceived: [1000, 1000, 1000, 1000, 1000] })
  })

  it('a server that asks for a client certificate serves those who have one', async () => {
    server = await startBadServer('echo', { tls: { ...validServer, ca: authority } })
    const without = await runOne(`${server.url} -c 5 -d 10 --ca ca.pem`, { files: FILES })
    expect(countsOf(without)).toMatchObject(NOBODY)
    expect(without.errors.map((error) => error.class)).toEqual(['tls'])
    const line = `${server.url} -c 5 -m 1 --ca ca.pem --cert client.pem --key client-key.pem`
    expect(countsOf(await runOne(line, { files: FILES }))).toMatchObject({ opened: 5, received: 5 })
  })

  it('ws:// to a TLS server and wss:// to a plain one fail and do not hang', async () => {
    server = await startBadServer('echo', { tls: validServer })
    const plain = await runOne(`ws://127.0.0.1:${server.port} -c 2 -d 10 --connect-timeout 1s`)
    expect(countsOf(plain)).toMatchObject({ attempted: 2, failed: 2 })
    await server.close()
    server = await startBadServer('echo')
    const secure = await runOne(`wss://127.0.0.1:${server.port} -c 2 -d 10 --connect-timeout 1s -k`)
    expect(countsOf(secure)).toMatchObject({ attempted: 2, failed: 2 })
  })
})
