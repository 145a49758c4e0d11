/** JSON Web Tokens (RFC 7519), also such as no library would sign: for a server to refuse. */
import { createHmac, randomUUID } from 'node:crypto'

export interface Claims {
  readonly sub?: string
  readonly username?: string
  readonly email?: string
  /** Seconds since 1970. */
  readonly iat?: number
  readonly nbf?: number
  readonly exp?: number
}

export type Algorithm = 'HS256' | 'HS512' | 'none'

const HASHES = { HS256: 'sha256', HS512: 'sha512' } as const
const LIFETIME_SEC = 3600

/** A token with exactly these claims; `none` has an empty signature. */
export function signToken(claims: Claims, secret: string, algorithm: Algorithm = 'HS256'): string {
  const content = `${encode({ alg: algorithm, typ: 'JWT' })}.${encode(claims)}`
  const signature =
    algorithm === 'none'
      ? ''
      : createHmac(HASHES[algorithm], secret).update(content).digest().toString('base64url')
  return `${content}.${signature}`
}

/** Claims of a user that nobody else has, valid for an hour. */
export function makeClaims(username: string): Required<Omit<Claims, 'nbf'>> {
  const nowSec = Math.floor(Date.now() / 1000)
  return {
    sub: randomUUID(),
    username,
    email: `${username}@example.com`,
    iat: nowSec,
    exp: nowSec + LIFETIME_SEC,
  }
}

/** The claims of a token, unchecked; null when it has none that can be read. */
export function readClaims(token: string): Claims | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return typeof claims === 'object' && claims !== null ? claims : null
  } catch {
    return null
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
