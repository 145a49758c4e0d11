import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'

/** Of the tokens that virtual clients get: longer than any run. */
const LIFETIME_SEC = 24 * 60 * 60
/** Signing waits for the thread pool; a list of this length keeps it busy, one of all tokens would only cost memory. */
const BATCH = 256

export interface MintOptions {
  /** Of HS256, shared with the server. Secret. */
  readonly secret: string
  /** Number of the virtual client, from 0. */
  readonly client: number
  readonly lifetimeSec: number
}

export interface UserTokenOptions {
  readonly username: string
  readonly email: string
  /** Of HS256, shared with the server. Secret. */
  readonly secret: string
}

interface Claims {
  readonly sub: string
  readonly username: string
  readonly email: string
}

/** A token for virtual client N: user `00000000-0000-4000-8000-` + N in 12 digits, `user-N`, `user-N@example.com`. */
export function mintToken({ secret, client, lifetimeSec }: MintOptions): Promise<string> {
  return sign(claimsOf(client), importSecret(secret), lifetimeSec)
}

/** Tokens for the virtual clients 0 to count - 1, valid for a day. */
export async function mintTokens(count: number, secret: string): Promise<string[]> {
  const key = importSecret(secret)
  const tokens: string[] = []
  while (tokens.length < count) {
    const length = Math.min(BATCH, count - tokens.length)
    const first = tokens.length
    const batch = Array.from({ length }, (_, index) => sign(claimsOf(first + index), key, LIFETIME_SEC))
    tokens.push(...(await Promise.all(batch)))
  }
  return tokens
}

/** A token for a person, valid for a day; every call makes a new user id. */
export function mintUserToken({ username, email, secret }: UserTokenOptions): Promise<string> {
  return sign({ sub: randomUUID(), username, email }, importSecret(secret), LIFETIME_SEC)
}

/** The user id of virtual client N, a UUID (RFC 9562, version 4 by its digits). */
export function userIdOf(client: number): string {
  return `00000000-0000-4000-8000-${String(client).padStart(12, '0')}`
}

function claimsOf(client: number): Claims {
  return { sub: userIdOf(client), username: `user-${client}`, email: `user-${client}@example.com` }
}

function importSecret(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret))
}

function sign({ sub, username, email }: Claims, key: KeyObject, lifetimeSec: number): Promise<string> {
  const issuedAtSec = Math.floor(Date.now() / 1000)
  return new SignJWT({ sub, username, email, iat: issuedAtSec, exp: issuedAtSec + lifetimeSec })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(key)
}
