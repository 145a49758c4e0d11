/** Momentum: who is let in. Refused with 401 before the upgrade: tokens that are missing, malformed, expired or wrongly signed. */
import { randomUUID } from 'node:crypto'
import { type Check, expectSame, Unverifiable } from './check.ts'
import type { Lab } from './lab.ts'
import { makeClaims, signToken } from './signed-token.ts'

const MINUTE_SEC = 60

export const momentumAccessChecks: readonly Check[] = [
  {
    name: 'a valid token is accepted',
    async run(lab) {
      await lab.connect({ token: lab.nextUser().token })
    },
  },
  refused('no token', () => null),
  refused('an empty token', () => ''),
  refused('a token that is none', (lab) => lab.mark()),
  refused('a token with another signature', () => signToken(makeClaims('mallory'), randomUUID())),
  refused('an unsigned token (alg none)', () => signToken(makeClaims('mallory'), '', 'none')),
  refused('an expired token', (lab) => {
    const claims = makeClaims('mallory')
    const exp = claims.iat - MINUTE_SEC
    return signToken({ ...claims, iat: exp - MINUTE_SEC, exp }, secretOf(lab))
  }),
  refused('a token signed by HS512', (lab) => signToken(makeClaims('mallory'), secretOf(lab), 'HS512')),
  refused('a token without a user id (sub)', (lab) => {
    const { sub, ...claims } = makeClaims('mallory')
    return signToken(claims, secretOf(lab))
  }),
]

function refused(what: string, makeToken: (lab: Lab) => string | null): Check {
  return {
    name: `${what} is refused with 401`,
    async run(lab) {
      const result = await lab.attempt({ token: makeToken(lab) })
      const seen =
        result.kind === 'refused'
          ? `HTTP ${result.status}`
          : result.kind === 'open'
            ? 'an open connection'
            : result.problem
      expectSame('HTTP 401', seen)
    },
  }
}

function secretOf(lab: Lab): string {
  const { jwtSecret } = lab.target
  if (jwtSecret === null) throw new Unverifiable('no secret to sign such a token with: give --jwt-secret')
  return jwtSecret
}
