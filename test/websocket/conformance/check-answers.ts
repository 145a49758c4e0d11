/** A row against the two clients, over a socket: what they answer, and how they say it ended. */
import { type Course, type Visitor, visitWithOurs, visitWithWs } from './clients.ts'
import type { RawServer, Visit } from './raw-server.ts'
import { answersTo, piecesOf, type Row } from './row.ts'

/** Larger rows are for the readers only. */
const OVER_SOCKET_BYTES = 300_000

const ENDS = { 1002: 'protocol', 1007: 'not-utf8', 1009: 'too-large' } as const

export function isForSockets(row: Row): boolean {
  return row.frames().reduce((sum, { length }) => sum + length, 0) <= OVER_SOCKET_BYTES
}

/**
 * The upgrade, then the row, in the same segment. A row that is failed comes in one piece: bytes that arrive behind the
 * fault would turn the client's end into a reset, and its Close frame would be lost on the way.
 */
function piecesWithUpgrade(row: Row, accept: string): Buffer[] {
  const upgrade = Buffer.from(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  const pieces = piecesOf(row)
  const together = typeof row.end === 'number' ? [Buffer.concat(pieces)] : pieces
  return [Buffer.concat([upgrade, together[0]!]), ...together.slice(1)]
}

async function visit(
  row: Row,
  server: RawServer,
  who: string,
  client: (visitor: Visitor) => Promise<Course>,
): Promise<[Visit, Course]> {
  const path = `${who}/${row.id}`
  const served = server.serve(path, (accept) => piecesWithUpgrade(row, accept))
  return Promise.all([served, client({ ...row, port: server.port, path: `/${path}` })])
}

function compare(who: string, { answers, illegal, ended }: Visit, expected: readonly string[]): string[] {
  const complaints = illegal.map((frame) => `${who}: sent an illegal ${frame}`)
  if (!ended) complaints.push(`${who}: did not end`)
  if (answers.join(' ') !== expected.join(' ')) {
    complaints.push(`${who}: answered ${answers.join(' ')}; expected ${expected.join(' ')}`)
  }
  return complaints
}

/** Class and detail of the end that the row owes; the detail of a fault is free. */
function isOwedEnd({ end, read }: Row, found: string): boolean {
  if (typeof end === 'number') return found.startsWith(`${ENDS[end]} `)
  const code = end === 'open' ? '1000' : /close:(\d+)/.exec(read().at(-1) ?? '')?.[1]
  return found === `close-code ${code}`
}

/** Complaints about our client's answers and about the end it gives. */
export async function checkOurAnswers(row: Row, server: RawServer): Promise<string[]> {
  const [seenByServer, course] = await visit(row, server, 'ours', visitWithOurs)
  const complaints = compare('ours', seenByServer, answersTo(row.read(), row.end))
  if (!isOwedEnd(row, course.end)) complaints.push(`ours: ended with ${course.end}`)
  return complaints
}

/** Complaints about the row's picture of the `ws` client's answers. */
export async function checkWsAnswers(row: Row, server: RawServer): Promise<string[]> {
  const [seenByServer] = await visit(row, server, 'ws', visitWithWs)
  const answers = row.ws?.answers ?? answersTo(row.read(), row.end)
  return compare('ws', seenByServer, answers)
}
