import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { type RunningServer, startServer } from '../../src/servers/start.ts'
import { type Check, type CheckResult, Mismatch, Unverifiable } from '../../src/verify/check.ts'
import type { VerifyTarget } from '../../src/verify/lab.ts'
import { runChecks } from '../../src/verify/run-checks.ts'
import { signToken } from '../../src/verify/signed-token.ts'
import { validServer } from '../support/certificates.ts'
import { namesOf, verify } from './verifying.ts'

let server: RunningServer
let target: VerifyTarget

beforeAll(async () => {
  server = await startServer('echo', { port: 0 })
  target = {
    dialect: 'echo',
    url: server.url,
    httpUrl: `http://127.0.0.1:${server.port}`,
    headers: {},
    insecure: false,
    jwtSecret: 'hush-hush',
    tokens: ['given.token.one'],
    intervalMs: null,
    slow: false,
    fresh: false,
    timeoutMs: 100,
  }
})
afterAll(() => server.close())

async function run(
  checks: readonly Check[],
  signal = new AbortController().signal,
  over: Partial<VerifyTarget> = {},
): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  await runChecks(checks, { ...target, ...over }, { signal, onResult: (result) => results.push(result) })
  return results
}

function check(name: string, act: Check['run']): Check {
  return { name, run: act }
}

describe('a check', () => {
  it('that fails does not keep the others from being done', async () => {
    const results = await run([
      check('one', async () => {
        throw new Mismatch('this', 'that')
      }),
      check('two', async () => {
        throw new Unverifiable('no way')
      }),
      check('three', async () => {}),
    ])
    expect(results.map(({ outcome }) => outcome)).toEqual([
      { state: 'fail', expected: 'this', seen: 'that' },
      { state: 'skip', reason: 'no way' },
      { state: 'pass', figures: '' },
    ])
  })

  it('that waits for what never comes ends with what came instead', async () => {
    const [result] = await run([
      check('waits', async (lab) => {
        const peer = await lab.connect()
        peer.send('hello\u001b[31m')
        await peer.next('a pong', ({ kind }) => kind === 'pong')
      }),
    ])
    expect(result?.outcome).toEqual({
      state: 'fail',
      expected: 'a pong',
      seen: 'text "hello\\x1b[31m" in the time given',
    })
  })

  it('that waits on a connection that ends is told so', async () => {
    const [result] = await run([
      check('waits', async (lab) => {
        const peer = await lab.connect()
        peer.close(1000)
        await peer.nextMessage('a message')
      }),
    ])
    expect(result?.outcome).toMatchObject({ seen: 'the end of the connection with close code 1000' })
  })

  it('that hangs by itself is given up', async () => {
    const [result] = await run([check('hangs', () => new Promise(() => {}))])
    expect(result?.outcome).toMatchObject({ state: 'fail', seen: 'none in the time given' })
  })

  it('never shows the secret, a given token or one of its own', async () => {
    const minted = signToken({ sub: 'x' }, 'hush-hush')
    const results = await run([
      check('fails', async () => {
        throw new Mismatch('hush-hush', `a given.token.one and ${minted}`)
      }),
    ])
    expect(results[0]?.outcome).toEqual({ state: 'fail', expected: '…', seen: 'a … and …' })
  })

  it('with a bug in it is not taken for a failure of the server', async () => {
    const bug = check('has a bug', async () => {
      throw new TypeError('oops')
    })
    await expect(run([bug])).rejects.toThrow('oops')
  })

  it('under way is given up when the user interrupts, and the rest is not done', async () => {
    const interrupt = new AbortController()
    const results = await run(
      [
        check('one', async () => {}),
        check('two', async (lab) => {
          const peer = await lab.connect()
          interrupt.abort()
          await peer.nextMessage('a message')
        }),
        check('three', async () => {}),
      ],
      interrupt.signal,
    )
    expect(results.map(({ name }) => name)).toEqual(['one'])
  })
})

it('a certificate that nobody signed is a failure, unless any is accepted', async () => {
  const https = createServer(validServer).listen(0, '127.0.0.1')
  const sockets = new WebSocketServer({ server: https })
  await once(https, 'listening')
  const { port } = https.address() as AddressInfo
  const connects = check('connects', async (lab) => {
    await lab.connect()
    await lab.ask('GET', '/')
  })
  https.on('request', (_request, response) => response.end())
  const outcomes = []
  for (const insecure of [false, true]) {
    const place = {
      url: `wss://127.0.0.1:${port}/`,
      httpUrl: `https://127.0.0.1:${port}`,
      insecure,
      timeoutMs: 1000,
    }
    const [result] = await run([connects], undefined, place)
    outcomes.push(result?.outcome)
  }
  sockets.close()
  https.close()
  expect(outcomes[0]).toMatchObject({ state: 'fail', expected: 'an open connection' })
  expect(outcomes[1]).toEqual({ state: 'pass', figures: '' })
})

describe('what cannot be told is skipped', () => {
  it('without a secret and with one token: what takes a bad signature or a second user', async () => {
    const secret = 'a secret of the tests, 32 characters'
    const claims = { sub: '00000000-0000-4000-8000-000000000001', username: 'vera' }
    const results = await verify('momentum', {
      intervalMs: 300,
      target: { jwtSecret: null, tokens: [signToken(claims, secret)] },
    })
    expect(namesOf(results, 'fail')).toEqual([])
    expect(namesOf(results, 'skip')).toContain('an expired token is refused with 401')
    expect(namesOf(results, 'skip')).toContain('text reaches the other users')
    expect(namesOf(results, 'pass')).toContain('a token with another signature is refused with 401')
    expect(namesOf(results, 'pass')).toContain('text comes back to its sender')
    expect(JSON.stringify(results)).toContain(
      'only 1 of 2 users: give --jwt-secret, or --token for each user',
    )
  })

  it('without a token and a secret: all but the refusals and the HTTP side', async () => {
    const results = await verify('momentum', { target: { jwtSecret: null } })
    expect(namesOf(results, 'fail')).toEqual([])
    expect(namesOf(results, 'skip')).toContain('a valid token is accepted')
    expect(namesOf(results, 'pass')).toContain('no token is refused with 401')
    expect(namesOf(results, 'pass')).toContain('another method is answered with 405')
  })

  it('what takes long, unless it is asked for', async () => {
    const results = await verify('heartbeat')
    expect(namesOf(results, 'skip')).toHaveLength(3)
    expect(JSON.stringify(results)).toContain('give --slow')
  })

  it('the first number of a chat that others may have used', async () => {
    const results = await verify('chat-numbered', { target: { fresh: false } })
    expect(namesOf(results, 'skip')).toEqual(['the first user is number 1'])
    expect(namesOf(results, 'fail')).toEqual([])
  })
})
