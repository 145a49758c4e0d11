import { createSecretKey } from 'node:crypto'
import { errors, jwtVerify } from 'jose'

/** Whom a token stands for. */
export interface User {
  /** The claim `sub`. */
  readonly id: string
  /** The claim `username`, or the id when there is none. */
  readonly username: string
}

/** `refused` says why in one clause, without any part of the token. */
export type TokenCheck = { readonly user: User } | { readonly refused: string }

export type TokenVerifier = (token: string | null) => Promise<TokenCheck>

/**
 * Checks tokens of HS256 and nothing else: a token that names its own algorithm could name `none` (RFC 8725, 3.1).
 * `exp` and `nbf` hold to the second; a token without `exp` is valid for ever.
 */
export function createTokenVerifier(
  secret: string,
  currentDate: () => Date = () => new Date(),
): TokenVerifier {
  const key = createSecretKey(Buffer.from(secret))
  return async (token) => {
    if (token === null || token === '') return { refused: 'token missing' }
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        requiredClaims: ['sub'],
        currentDate: currentDate(),
      })
      const { sub, username } = payload
      if (typeof sub !== 'string' || sub === '') return { refused: 'token without a user id (sub)' }
      return { user: { id: sub, username: typeof username === 'string' && username !== '' ? username : sub } }
    } catch (error) {
      return { refused: explain(error) }
    }
  }
}

function explain(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'token expired'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token signed with another secret'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'token not signed by HS256'
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf') return 'token not valid yet'
    if (error.claim === 'sub') return 'token without a user id (sub)'
    return `token with a wrong claim ${error.claim}`
  }
  return 'token malformed'
}
