/** Lists and counts after 10,000 connects and disconnects; memory by the heap of this process, which holds the server too. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import type { RunningServer } from '../../../src/servers/start.ts'
import { mintTokens } from '../../../src/tokens/mint-token.ts'
import { connect, getJson, SECRET, startMomentum, untilActive } from './momentum-client.ts'

const ROUNDS = 500
const AT_ONCE = 20

it('10,000 connects and disconnects leave the lists empty, the counts exact and the memory flat', async () => {
  const server = await startMomentum()
  const tokens = await mintTokens(AT_ONCE, SECRET)
  const halfway = ROUNDS / 2
  await visit(server, tokens, halfway)
  await untilActive(server, 0)
  const before = liveHeapBytes()
  await visit(server, tokens, ROUNDS - halfway)
  await untilActive(server, 0)
  const grownBytes = liveHeapBytes() - before

  expect(await getJson(server, '/ws/online')).toEqual({ count: 0, users: [] })
  expect(await getJson(server, '/ws/stats')).toMatchObject({
    active_connections: 0,
    online_users: 0,
    total_connections: ROUNDS * AT_ONCE,
    total_messages: ROUNDS * AT_ONCE,
    messages_by_type: { ping: ROUNDS * AT_ONCE },
    messages_faulty: 0,
    cleaned_up_connections: 0,
  })
  // 5,000 connections that each left 400 bytes behind would be more.
  expect(grownBytes).toBeLessThan(2_000_000)
  await server.close()
}, 120_000)

/** Half of them close politely, half are cut. */
async function visit(server: RunningServer, tokens: string[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const clients = await Promise.all(tokens.map((token, client) => connect(server, client, { token })))
    await Promise.all(
      clients.map(async (client, index) => {
        client.send({ message_type: 'ping' })
        await client.next('pong')
        if (index % 2 === 0) client.socket.close(1000)
        else client.socket.terminate()
        await client.closed
      }),
    )
  }
}

function liveHeapBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}
