/** The same weather for the engine of compressed runs, which is another one: same classes, same balance, nothing hangs. */
import { afterEach, describe, expect, it } from 'vitest'
import type { BehaviourName } from '../support/bad-server/behaviours.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { countsOf, errorsOf, runLine, runOne } from '../support/weather.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

function splitHeader(line: string): readonly [string, string] {
  const [name = '', value = ''] = line.split(': ')
  return [name, value]
}

describe('compressed', () => {
  const refused: [name: BehaviourName, parameters: object, failure: string][] = [
    ['status', { status: 503 }, 'upgrade-status 503'],
    ['wrong-accept', {}, 'upgrade-invalid Invalid Sec-WebSocket-Accept header'],
    ['reset-in-handshake', {}, 'closed-in-handshake RST'],
    ['close-in-handshake', {}, 'closed-in-handshake FIN'],
    ['silent-accept', {}, 'upgrade-timeout timeout'],
  ]
  it.each(refused)('%s %j', async (name, parameters, failure) => {
    server = await startBadServer(name, parameters)
    const test = await runOne(`${server.url} -c 3 -d 10 --compress --connect-timeout 300ms`)
    expect(countsOf(test)).toMatchObject({ attempted: 3, opened: 0, failed: 3 })
    expect(errorsOf(test)).toEqual({ [failure]: 3 })
  })

  it('nothing listening is refused', async () => {
    const free = await startBadServer('echo')
    await free.close()
    const test = await runOne(`${free.url} -c 3 -d 10 --compress`)
    expect(errorsOf(test)).toEqual({ 'refused ECONNREFUSED': 3 })
  })

  it('a header that is given twice arrives twice', async () => {
    server = await startBadServer('header-log')
    const headers = ['X-Tag: a', 'X-Tag: b', 'Host: example.test']
    await runOne(`${server.url} -c 1 -m 1 --compress`, {
      plan: (one) => ({ ...one, target: { ...one.target, headers: headers.map(splitHeader) } }),
    })
    expect(server.log.violations).toEqual(['header x-tag twice'])
    expect(server.log.connections[0]!.requestHeaders.host).toBe('example.test')
  })

  it('a server that closes', async () => {
    server = await startBadServer('close-with', { code: 1011, after: 2 })
    const test = await runOne(`${server.url} -c 3 -m 5 -t 1s --compress`)
    expect(countsOf(test)).toMatchObject({ opened: 3, closed: 3, due: 15, received: 6 })
    expect(test.closeCodes).toEqual({ 1011: 3 })
  })

  it('a server that never replies', async () => {
    server = await startBadServer('never-reply')
    const test = await runOne(`${server.url} -c 3 -m 2 -t 100ms --compress`)
    expect(countsOf(test)).toMatchObject({ sent: 6, lost: 6 })
  })

  it('a server that ignores our Close', async () => {
    server = await startBadServer('ignore-close')
    const test = await runOne(`${server.url} -c 3 -m 2 --compress`, { limits: { closeTimeoutUs: 100_000 } })
    expect(countsOf(test)).toMatchObject({ received: 6, closed: 0 })
    expect(errorsOf(test)).toEqual({})
  })

  it('illegal frames and messages over the limit', async () => {
    for (const [name, failure] of [
      ['masked-frame', 'protocol'],
      ['oversized-frame', 'too-large'],
    ] as const) {
      server = await startBadServer(name, { after: 1 })
      const test = await runOne(`${server.url} -c 3 -m 3 -t 1s --compress`)
      expect(countsOf(test)).toMatchObject({ closed: 3, received: 3 })
      expect(test.errors.find((error) => error.class === failure)?.count).toBe(3)
      await server.close()
    }
  })

  it('an interrupt while connecting', async () => {
    server = await startBadServer('silent-accept')
    const { log } = server
    const abort = new AbortController()
    const watch = setInterval(() => log.accepted === 3 && abort.abort(), 5)
    const result = await runLine(`${server.url} -c 3 -d 60 --compress --connect-timeout 60`, {
      options: { signal: abort.signal },
    })
    clearInterval(watch)
    expect(result.status).toBe('aborted')
    expect(countsOf(result.tests[0]!)).toMatchObject({ attempted: 0, opened: 0, failed: 0 })
  })
})
