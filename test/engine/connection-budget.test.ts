/** What a connection holds of an incomplete message goes back to the budget of its shard, however it ends. */
import { afterEach, describe, expect, it } from 'vitest'
import { Connection } from '../../src/engine/connection.ts'
import { ByteBudget } from '../../src/websocket/byte-budget.ts'
import { writeRequestHead } from '../../src/websocket/handshake.ts'
import { encodeFrame } from '../support/bad-server/wire.ts'
import { type BadServer, startBadServer } from '../support/bad-server.ts'
import { LIMITS } from '../support/plan.ts'

let server: BadServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

const TOTAL = 1_000_000

/** Opens a connection; `onHeld` is called once the budget has been drawn on. Resolves to what is left after its end. */
function hold(
  port: number,
  onHeld: (connection: Connection) => void,
): Promise<{ least: number; left: number }> {
  const host = `127.0.0.1:${port}`
  const request = { path: '/', host, headers: [], subprotocols: [] }
  const budget = new ByteBudget(TOTAL)
  let least = TOTAL
  return new Promise((resolve) => {
    const connection: Connection = new Connection(
      {
        address: '127.0.0.1',
        port,
        tls: null,
        localAddress: null,
        token: '',
        requestHead: writeRequestHead(request),
        ...request,
      },
      {
        onBytes() {
          // Told before the bytes are read.
          setImmediate(() => {
            if (budget.left === TOTAL || least < TOTAL) return
            least = budget.left
            onHeld(connection)
          })
        },
        onPing() {},
        onMessage() {},
        onOpen() {
          connection.write(encodeFrame({ payload: 'hello', masked: true }))
        },
        onEnd: () => resolve({ least, left: budget.left }),
      },
      LIMITS,
      true,
      Buffer.alloc(65_536),
      budget,
    )
    connection.open()
  })
}

describe('an incomplete message is given back', () => {
  it.each([
    ['we reset it', 'slow-frame', (connection: Connection) => connection.reset('close-code', 'reset by us')],
    ['the server resets it', 'reset-mid-message', () => {}],
    ['the server goes', 'slow-frame', () => void server?.close()],
    ['we close it', 'slow-frame', (connection: Connection) => connection.close()],
  ] as const)('when %s', async (_, behaviour, onHeld) => {
    server = await startBadServer(behaviour, { after: 1 })
    const { least, left } = await hold(server.port, onHeld)
    expect(least).toBeLessThan(TOTAL)
    expect(left).toBe(TOTAL)
  })
})
