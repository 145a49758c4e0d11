/** Every dialect against the demo server of its name, over real sockets. */
import { afterEach, describe, expect, it } from 'vitest'
import { CONTROL, type Dialect, OTHERS, PUSH } from '../../src/dialects/dialect.ts'
import { createMarkMatcher, layOut, smallestPayload } from '../../src/dialects/mark.ts'
import { DIALECTS } from '../../src/dialects/registry.ts'
import { isServerName } from '../../src/servers/names.ts'
import { type RunningServer, startServer } from '../../src/servers/start.ts'
import { mintToken } from '../../src/tokens/mint-token.ts'
import { openClient, type RecordingClient } from '../support/ws-client.ts'

const SECRET = 'a secret of the tests, 32 bytes long at least'
const CONTEXT = { room: 0, unixSeconds: 1_700_000_000 }

const dialects = Object.values(DIALECTS).filter(
  ({ name, transport, push }) => isServerName(name) && transport !== 'event-stream' && push?.by !== 'ping',
)
const withAudience = (...audiences: Dialect['audience'][]) =>
  dialects
    .filter(({ audience }) => audiences.includes(audience))
    .map((dialect) => [dialect.name, dialect] as const)

let server: RunningServer | undefined
const clients: RecordingClient[] = []
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate()
  await server?.close()
})

/** Virtual client 0 or 1: connects and says what the dialect opens with. */
async function join(dialect: Dialect, client: number): Promise<RecordingClient> {
  const { tokenParameter, opening } = dialect
  const token = tokenParameter && (await mintToken({ secret: SECRET, client, lifetimeSec: 60 }))
  const opened = await openClient(server!.url + (token ? `?${tokenParameter}=${token}` : ''))
  clients.push(opened)
  for (const message of opening?.({ client, room: 0, token: '' }) ?? []) opened.socket.send(message)
  await opened.settle()
  return opened
}

/** What every frame means that a client has received; of another's message, whose it is and its number. */
function meaningsOf(dialect: Dialect, { received }: RecordingClient, client: number): unknown[] {
  const matcher = createMarkMatcher(dialect)
  return received.map((frame) => {
    const data = Buffer.from(frame as string)
    const meaning = matcher.classify(data, 0, data.length, client)
    return meaning === OTHERS ? `${matcher.sender}:${matcher.seq}` : meaning
  })
}

/** The meanings, once that one is among them. */
async function until(wanted: unknown, dialect: Dialect, recording: RecordingClient, client: number) {
  while (!meaningsOf(dialect, recording, client).includes(wanted))
    await recording.take(recording.received.length + 1)
  await recording.settle()
  return meaningsOf(dialect, recording, client)
}

/** Message 5 of client 0. */
function send(dialect: Dialect, { socket }: RecordingClient): void {
  const { bytes, seqAt } = layOut(dialect, smallestPayload(dialect, CONTEXT) + 10, CONTEXT)
  for (const at of seqAt) bytes.write('0000000005', at)
  socket.send(dialect.frames === 'binary' ? bytes : bytes.toString())
}

describe.each(withAudience('sender'))('%s', (name, dialect) => {
  it('has its message back, and nobody else does', async () => {
    server = await startServer(name, { port: 0 })
    const [sender, other] = [await join(dialect, 0), await join(dialect, 1)]
    send(dialect, sender)
    expect(await until(5, dialect, sender, 0)).toEqual([5])
    await other.settle()
    expect(other.received).toEqual([])
  })
})

describe.each(withAudience('everyone', 'room'))('%s', (name, dialect) => {
  it('has its message back once, and the other client too; all else is part of the protocol', async () => {
    server = await startServer(name, { port: 0, jwtSecret: SECRET })
    const [sender, other] = [await join(dialect, 0), await join(dialect, 1)]
    send(dialect, sender)
    const both = [await until(5, dialect, sender, 0), await until('0:5', dialect, other, 1)]
    expect(both.map((meanings) => meanings.filter((meaning) => meaning !== CONTROL))).toEqual([[5], ['0:5']])
  })
})

describe.each(withAudience('nobody'))('%s', (name, dialect) => {
  it('has nothing but pushes', async () => {
    server = await startServer(name, { port: 0, intervalMs: 5 })
    const client = await join(dialect, 0)
    await client.take(3)
    expect(new Set(meaningsOf(dialect, client, 0))).toEqual(new Set([PUSH]))
  })
})
