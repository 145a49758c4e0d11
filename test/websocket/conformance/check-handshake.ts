/** A handshake row against the two clients. */
import { type Course, type Visitor, visitWithOurs, visitWithWs } from './clients.ts'
import type { HandshakeRow } from './handshakes.ts'
import type { RawServer, Visit } from './raw-server.ts'
import { close, text } from './row.ts'

const FIRST_WORDS = 'the first message'

/** The head, and behind it a message and a Close: in the same piece, so that what comes with the upgrade is read too. */
function piecesWithMessage({ head, chop, alone = false }: HandshakeRow, accept: string): Buffer[] {
  const bytes = Buffer.concat([
    Buffer.from(head.replaceAll('{accept}', accept), 'latin1'),
    ...(alone ? [] : [text(FIRST_WORDS), close(1000)]),
  ])
  const step = chop ?? bytes.length
  return Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) =>
    bytes.subarray(index * step, (index + 1) * step),
  )
}

async function visit(
  row: HandshakeRow,
  server: RawServer,
  who: string,
  client: (visitor: Visitor) => Promise<Course>,
): Promise<[Visit, Course]> {
  const path = `${who}/${row.id}`
  const served = server.serve(path, (accept) => piecesWithMessage(row, accept))
  const visitor = { port: server.port, path: `/${path}`, subprotocols: row.offers, headers: row.headers }
  return Promise.all([served, client(visitor)])
}

/** What every request owes (§4.1), and what the row asks of it. */
function checkRequest(request: string, path: string, row: HandshakeRow): string[] {
  const lines = request.split('\r\n')
  const count = (name: string) => lines.filter((line) => line.toLowerCase().startsWith(`${name}:`)).length
  const key = /^sec-websocket-key: *(\S+)$/im.exec(request)?.[1] ?? ''
  const { has = [], lacks = [] } = row.request ?? {}
  return [
    lines[0] === `GET ${path} HTTP/1.1` ? null : `request line ${lines[0]}`,
    count('host') === 1 ? null : `${count('host')} Host lines`,
    count('sec-websocket-key') === 1 ? null : `${count('sec-websocket-key')} keys`,
    Buffer.from(key, 'base64').length === 16 ? null : `key ${key}`,
    ...has.map((line) => (lines.includes(line) ? null : `no line ${line}`)),
    ...lacks.map((pattern) => (pattern.test(request) ? `a line like ${pattern}` : null)),
  ].filter((complaint) => complaint !== null)
}

/** Complaints about our client. */
export async function checkOurHandshake(row: HandshakeRow, server: RawServer): Promise<string[]> {
  const [served, course] = await visit(row, server, 'ours', visitWithOurs)
  const complaints = checkRequest(served.request, `/ours/${row.id}`, row)
  if (course.opened !== row.outcome) complaints.push(`ours: ${course.opened}; expected ${row.outcome}`)
  const wasRead = course.messages.length === 1
  if (wasRead !== (row.outcome === 'open')) complaints.push(`ours: read ${course.messages.length} messages`)
  return complaints
}

/** Complaints about the row's picture of the ws client. */
export async function checkWsHandshake(row: HandshakeRow, server: RawServer): Promise<string[]> {
  const [, course] = await visit(row, server, 'ws', visitWithWs)
  const opens = row.ws?.opens ?? row.outcome === 'open'
  return (course.opened === 'open') === opens ? [] : [`ws: ${course.opened}`]
}
