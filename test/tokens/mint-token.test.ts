import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { expect, it } from 'vitest'
import { mintToken, mintTokens, mintUserToken, userIdOf } from '../../src/tokens/mint-token.ts'

const SECRET = 'a secret for tests only'
const KEY = new TextEncoder().encode(SECRET)

it.each([
  [0, '00000000-0000-4000-8000-000000000000'],
  [7, '00000000-0000-4000-8000-000000000007'],
  [123_456, '00000000-0000-4000-8000-000000123456'],
])('client %i has the user id %s', (client, id) => {
  expect(userIdOf(client)).toBe(id)
})

it("a virtual client's token says who it is and until when, by HS256", async () => {
  const token = await mintToken({ secret: SECRET, client: 42, lifetimeSec: 90 })
  const { payload, protectedHeader } = await jwtVerify(token, KEY)
  expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' })
  expect(Object.keys(payload)).toEqual(['sub', 'username', 'email', 'iat', 'exp'])
  expect(payload).toMatchObject({ sub: userIdOf(42), username: 'user-42', email: 'user-42@example.com' })
  expect(payload.exp! - payload.iat!).toBe(90)
})

it('tokens in bulk are those of the clients 0 to count - 1, in order', async () => {
  const tokens = await mintTokens(1000, SECRET)
  expect(tokens.map((token) => decodeJwt(token).username)).toEqual(
    Array.from({ length: 1000 }, (_, client) => `user-${client}`),
  )
  expect(await mintTokens(0, SECRET)).toEqual([])
  await jwtVerify(tokens[999]!, KEY)
})

it("a person's token has a new user id each time", async () => {
  const ann = { username: 'ann', email: 'ann@example.com', secret: SECRET }
  const [first, second] = [decodeJwt(await mintUserToken(ann)), decodeJwt(await mintUserToken(ann))]
  expect(first).toMatchObject({ username: 'ann', email: 'ann@example.com' })
  expect(first.sub).toMatch(/^[0-9a-f-]{36}$/)
  expect(first.sub).not.toBe(second.sub)
  expect(first.exp! - first.iat!).toBe(86_400)
})

it('another secret makes another signature', async () => {
  const token = await mintToken({ secret: 'another', client: 1, lifetimeSec: 90 })
  expect(decodeProtectedHeader(token).alg).toBe('HS256')
  await expect(jwtVerify(token, KEY)).rejects.toThrow('signature verification failed')
})
