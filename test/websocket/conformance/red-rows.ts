/** Runs the whole table against the sources beside it, which may have a check taken out (test/websocket/mutants.mjs). */
import { FrameReader } from '../../../src/websocket/frame-reader.ts'
import { checkOurAnswers, isForSockets } from './check-answers.ts'
import { checkOurHandshake } from './check-handshake.ts'
import { checkOurs } from './check-reading.ts'
import { handshakes } from './handshakes.ts'
import { startRawServer } from './raw-server.ts'
import type { Row } from './row.ts'
import { table } from './table.ts'

const AT_ONCE = 100
/** Of a client that does not end: shorter than in the tests, or each mutant would take minutes. */
const DEADLINE_MS = 1000

interface Check {
  readonly id: string
  run(): string[] | Promise<string[]>
}

async function isRed({ run }: Check): Promise<boolean> {
  try {
    return (await run()).length > 0
  } catch {
    return true
  }
}

/** Ids of the rows that do not hold. The quick kinds of rows first, the next kind only when none is red yet. */
export async function findRedRows(): Promise<string[]> {
  const server = await startRawServer(DEADLINE_MS)
  const readings = (rows: readonly Row[]): Check[] =>
    rows.map((row) => ({ id: row.id, run: () => checkOurs(row, FrameReader) }))
  const small = table.filter(isForSockets)
  const kinds: (() => Check[])[] = [
    () => readings(small),
    () => handshakes.map((row) => ({ id: row.id, run: () => checkOurHandshake(row, server) })),
    () => small.map((row) => ({ id: `answers ${row.id}`, run: () => checkOurAnswers(row, server) })),
    () => readings(table.filter((row) => !small.includes(row))),
  ]
  try {
    for (const makeChecks of kinds) {
      const red = await filterRed(makeChecks())
      if (red.length > 0) return red
    }
    return []
  } finally {
    server.close()
  }
}

async function filterRed(checks: readonly Check[]): Promise<string[]> {
  const red: string[] = []
  for (let from = 0; from < checks.length; from += AT_ONCE) {
    const some = checks.slice(from, from + AT_ONCE)
    const found = await Promise.all(some.map(isRed))
    red.push(...some.filter((_, index) => found[index]).map(({ id }) => id))
  }
  return red
}
