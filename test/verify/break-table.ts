/** Tables of broken behaviours: which checks fail, and no others. */
import { expect, it } from 'vitest'
import type { ServerName } from '../../src/servers/names.ts'
import type { Break } from './breaking.ts'
import { namesOf, type VerifyingOptions, verify } from './verifying.ts'

/** What is broken, how, and the names of the checks that fail. */
export type BreakRow = readonly [what: string, breaks: Break, failing: readonly string[]]

/** A test for each row. */
export function testBreaks(
  dialect: ServerName,
  rows: readonly BreakRow[],
  options: Omit<VerifyingOptions, 'breaks'> = {},
): void {
  it.concurrent.each(rows)(`${dialect}: %s`, { timeout: 60_000 }, async (_what, breaks, failing) => {
    const target = { timeoutMs: 1000, ...options.target }
    const results = await verify(dialect, { ...options, target, breaks })
    expect(namesOf(results, 'fail')).toEqual(failing)
  })
}
