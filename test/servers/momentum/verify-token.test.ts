import { createHmac, createSecretKey } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createTokenVerifier } from '../../../src/servers/momentum/verify-token.ts'
import { mintToken, userIdOf } from '../../../src/tokens/mint-token.ts'
import { request, SECRET, startMomentum } from './momentum-client.ts'

const NOW_SEC = Math.floor(Date.now() / 1000)
const GOOD = { sub: 'u-1', username: 'ann', email: 'ann@example.com', iat: NOW_SEC, exp: NOW_SEC + 60 }

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signed by hand, so that it does not depend on what a library is willing to sign. */
function sign(header: object, claims: object, secret = SECRET, hash = 'sha256'): string {
  const text = `${encode(header)}.${encode(claims)}`
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`
}

const HS256 = { alg: 'HS256', typ: 'JWT' }
const valid = sign(HS256, GOOD)
const [head, body, signature] = valid.split('.') as [string, string, string]

const REFUSED: Record<string, [token: string | null, reason: string]> = {
  'no token': [null, 'token missing'],
  'an empty token': ['', 'token missing'],
  'another secret': [sign(HS256, GOOD, 'another secret'), 'token signed with another secret'],
  'a changed body': [
    `${head}.${encode({ ...GOOD, sub: 'u-2' })}.${signature}`,
    'token signed with another secret',
  ],
  'no signature': [`${head}.${body}.`, 'token signed with another secret'],
  'two parts': [`${head}.${body}`, 'token malformed'],
  garbage: ['not-a-token', 'token malformed'],
  'garbage in three parts': ['a.b.c', 'token malformed'],
  'algorithm none': [`${encode({ alg: 'none' })}.${body}.`, 'token not signed by HS256'],
  'algorithm None, signed': [sign({ alg: 'None' }, GOOD), 'token not signed by HS256'],
  'algorithm HS512': [sign({ alg: 'HS512' }, GOOD, SECRET, 'sha512'), 'token not signed by HS256'],
  'algorithm RS256': [sign({ alg: 'RS256' }, GOOD), 'token not signed by HS256'],
  'an expired token': [sign(HS256, { ...GOOD, exp: NOW_SEC - 1 }), 'token expired'],
  'a token that ends now': [sign(HS256, { ...GOOD, exp: NOW_SEC }), 'token expired'],
  'a token of tomorrow': [sign(HS256, { ...GOOD, nbf: NOW_SEC + 3600 }), 'token not valid yet'],
  'exp as text': [sign(HS256, { ...GOOD, exp: 'tomorrow' }), 'token with a wrong claim exp'],
  'no sub': [sign(HS256, { username: 'ann', exp: GOOD.exp }), 'token without a user id (sub)'],
  'an empty sub': [sign(HS256, { ...GOOD, sub: '' }), 'token without a user id (sub)'],
  'a number as sub': [sign(HS256, { ...GOOD, sub: 7 }), 'token without a user id (sub)'],
  'claims that are no object': [sign(HS256, [1]), 'token malformed'],
  'an unknown critical header': [sign({ ...HS256, crit: ['x'], x: 1 }, GOOD), 'token malformed'],
}

describe('a token verifier', () => {
  const verify = createTokenVerifier(SECRET, () => new Date(NOW_SEC * 1000))

  it.each(Object.entries(REFUSED))('refuses %s', async (_name, [token, reason]) => {
    expect(await verify(token)).toEqual({ refused: reason })
  })

  it('says whom a valid token stands for', async () => {
    expect(await verify(valid)).toEqual({ user: { id: 'u-1', username: 'ann' } })
  })

  it('accepts what jose and we mint', async () => {
    const key = createSecretKey(Buffer.from(SECRET))
    const byJose = await new SignJWT({ ...GOOD }).setProtectedHeader({ alg: 'HS256' }).sign(key)
    expect(await verify(byJose)).toEqual({ user: { id: 'u-1', username: 'ann' } })
    const ours = await mintToken({ secret: SECRET, client: 3, lifetimeSec: 60 })
    expect(await verify(ours)).toEqual({ user: { id: userIdOf(3), username: 'user-3' } })
  })

  it('takes the id for a user without a name', async () => {
    const token = sign(HS256, { sub: 'u-9', exp: GOOD.exp })
    expect(await verify(token)).toEqual({ user: { id: 'u-9', username: 'u-9' } })
  })
})

describe('the handshake', () => {
  it('is answered with 401 and the reason instead of an upgrade', async () => {
    const server = await startMomentum()
    for (const [token, reason] of Object.values(REFUSED)) {
      const query = token === null ? '' : `?token=${token}`
      expect(await upgrade(server.port, `/ws${query}`)).toEqual({ status: 401, body: `${reason}\n` })
    }
    expect(await (await request(server, '/ws/stats')).json()).toMatchObject({
      refused_connections: Object.keys(REFUSED).length,
      total_connections: 0,
      active_connections: 0,
    })
    await server.close()
  })

  it('is no matter of a token on other paths: 404', async () => {
    const server = await startMomentum()
    expect((await upgrade(server.port, `/elsewhere?token=${valid}`)).status).toBe(404)
    await server.close()
  })
})

async function upgrade(port: number, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest({
      port,
      path,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      },
    })
    asked.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode!, body }))
    })
    asked.on('upgrade', () => reject(new Error('it was upgraded')))
    asked.on('error', reject)
    asked.end()
  })
}
