import { describe, expect, it } from 'vitest'
import { SERVER_NAMES, type ServerName } from '../../src/servers/names.ts'
import { SUITES } from '../../src/verify/suites.ts'
import { verify } from './verifying.ts'

/** Where a server speaks by itself: an interval that tests have time for. */
const INTERVALS_MS: Partial<Record<ServerName, number>> = {
  notifications: 400,
  feed: 400,
  sse: 400,
  heartbeat: 300,
  momentum: 300,
}

/** Checks that our servers give no occasion for, with the reason. */
const SKIPPED: Partial<Record<ServerName, string[]>> = {
  sse: ['with an event every 400 ms the stream is never idle for a second'],
}

describe('our own servers pass every check', () => {
  it.concurrent.each(SERVER_NAMES)('%s', { timeout: 60_000 }, async (name) => {
    const results = await verify(name, { intervalMs: INTERVALS_MS[name] ?? null })
    const notPassed = results.filter(({ outcome }) => outcome.state === 'fail')
    expect(notPassed).toEqual([])
    const reasons = results.flatMap(({ outcome }) => (outcome.state === 'skip' ? [outcome.reason] : []))
    expect(reasons).toEqual(SKIPPED[name] ?? [])
    expect(results.map((result) => result.name)).toEqual(SUITES[name]!.map((check) => check.name))
  })

  it('the event stream also when it is idle in between', { timeout: 60_000 }, async () => {
    const results = await verify('sse', {
      intervalMs: 2000,
      only: 'an idle stream gets the comment "keep-alive-text"',
    })
    expect(results.filter(({ outcome }) => outcome.state !== 'pass')).toEqual([])
  })
})

it('there are checks for every server, each with a name of its own', () => {
  expect(Object.keys(SUITES).sort()).toEqual([...SERVER_NAMES].sort())
  for (const checks of Object.values(SUITES)) {
    const names = checks.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  }
})
