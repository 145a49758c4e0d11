/** Servers that mean harm in the handshake: each connection is one error of one class, soon, and the others never notice. */
import net, { type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { BehaviourName } from '../support/bad-server/behaviours.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { authority, expiredServer, validServer } from '../support/certificates.ts'
import { countsOf, errorsOf, runOne } from '../support/weather.ts'

const servers: BadServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(...given: Parameters<typeof startBadServer>): Promise<BadServer> {
  const server = await startBadServer(...given)
  servers.push(server)
  return server
}

const FILES = { 'ca.pem': authority }
const TOO_LONG = 'upgrade-invalid response head over 16384 bytes'

describe('a handshake that has no end', () => {
  const rows: [name: BehaviourName, parameters: object, failure: string][] = [
    ['endless-headers', {}, TOO_LONG],
    ['endless-header-line', {}, TOO_LONG],
    ['endless-interim', {}, 'upgrade-invalid interim responses over 16384 bytes'],
    ['endless-interim', { perWrite: 3000 }, 'upgrade-invalid interim responses over 16384 bytes'],
    ['endless-interim', { perWrite: 1, everyMs: 20 }, 'upgrade-timeout timeout'],
    ['slow-headers', { everyMs: 20 }, 'upgrade-timeout timeout'],
    ['slow-header-lines', {}, 'upgrade-timeout timeout'],
    ['silent-accept', {}, 'upgrade-timeout timeout'],
  ]
  it.each(rows)('%s %j', async (name, parameters, failure) => {
    const server = await start(name, parameters)
    const healthy = await start('echo')
    const { rss } = process.memoryUsage()
    const test = await runOne(`--url ${server.url} --url ${healthy.url} -c 6 -m 4 --connect-timeout 400ms`)
    expect(errorsOf(test)).toEqual({ [failure]: 3, 'not-open': 12 })
    expect(countsOf(test)).toMatchObject({ attempted: 6, opened: 3, failed: 3, received: 12 })
    expect(healthy.log).toMatchObject({ accepted: 3, messages: 12 })
    expect(process.memoryUsage.rss() - rss).toBeLessThan(100e6)
  })

  it('several interim responses are still none too many', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n'.repeat(100)
    const accepted = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n'
    const server = await start('raw-response', {
      text: `${hints}HTTP/1.1 101 Switching Protocols\r\n${accepted}`,
    })
    const test = await runOne(`${server.url} -c 2 -d 100ms -W 0 -r 1 -t 100ms`)
    expect(countsOf(test)).toMatchObject({ opened: 2, failed: 0 })
  })
})

describe('TLS', () => {
  it('a handshake that stalls is tls', async () => {
    const server = await start('silent-accept')
    const test = await runOne(`wss://127.0.0.1:${server.port} -c 3 -m 1 --connect-timeout 300ms -k`)
    expect(errorsOf(test)).toEqual({ 'tls timeout': 3 })
  })

  it.each([
    ['an echo that knows no TLS', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['nothing of sense', '\u0000'.repeat(5000)],
  ])('plain text of %s is tls', async (_, text) => {
    const server = net.createServer((socket) => void socket.on('error', () => {}).end(text))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const test = await runOne(`wss://127.0.0.1:${port} -c 3 -m 1 --connect-timeout 1s -k`)
    server.close()
    expect(countsOf(test)).toMatchObject({ opened: 0, failed: 3 })
    expect(test.errors.map((error) => [error.class, error.count])).toEqual([['tls', 3]])
  })

  it('an expired certificate on one address leaves the other alone, compressed too', async () => {
    const expired = await start('echo', { tls: expiredServer })
    const valid = await start('echo', { tls: validServer })
    for (const option of ['', '--compress']) {
      const line = `--url ${expired.url} --url ${valid.url} -c 4 -m 2 --ca ca.pem ${option}`
      const test = await runOne(line, { files: FILES })
      expect(errorsOf(test)).toEqual({ 'tls CERT_HAS_EXPIRED': 2, 'not-open': 4 })
      expect(countsOf(test)).toMatchObject({ opened: 2, received: 4 })
    }
  })

  it('over TLS what has no end ends as well', async () => {
    const server = await start('endless-fragments', { tls: validServer, sizeBytes: 1 })
    const test = await runOne(`${server.url} -c 2 -m 3 -t 1s --max-message 65536 --ca ca.pem`, {
      files: FILES,
    })
    expect(errorsOf(test)['too-large message over the size limit']).toBe(2)
  })
})

it('what a server says reaches no table raw', async () => {
  const sequence = '\u001b]0;owned\u0007\u001b[2J\u009b31m'
  const texts = [
    `HTTP/1.1 401 ${sequence}\r\nWWW-Authenticate: ${sequence}\r\n\r\n`,
    `HTTP/1.1 302 Found\r\nLocation: /${sequence}\r\n\r\n`,
    `HTTP/1.1 302 Found\r\nLocation: /\u009b31m/\u00ad\r\n\r\n`,
    `HTTP/1.1 101 ${sequence}\r\nUpgrade: ${sequence}\r\n\r\n`,
    `HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: ${sequence}\r\n\r\n`,
    `${sequence}\r\n\r\n`,
  ]
  for (const text of texts) {
    for (const option of ['', '--compress']) {
      const server = await start('raw-response', { text })
      const test = await runOne(`${server.url} -c 1 -m 1 --connect-timeout 500ms --subprotocol a ${option}`)
      expect(countsOf(test)).toMatchObject({ opened: 0, failed: 1 })
      for (const { detail } of test.errors) expect(detail).toMatch(/^[\x20-\x7e]{0,160}$/)
    }
  }
})
