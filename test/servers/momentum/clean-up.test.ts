import { afterEach, expect, it, vi } from 'vitest'
import { startCleanUp } from '../../../src/servers/momentum/clean-up.ts'
import type { Connection } from '../../../src/servers/momentum/members.ts'
import type { RunningServer } from '../../../src/servers/start.ts'
import { connect, getJson, leave, startMomentum } from './momentum-client.ts'

afterEach(() => {
  vi.useRealTimers()
})

it('pings once a period, and drops what left as many pings as the limit unanswered', () => {
  vi.useFakeTimers()
  const fake = (): Connection => ({ socket: { ping: vi.fn() }, unansweredPings: 0 }) as unknown as Connection
  const [silent, lively] = [fake(), fake()]
  const connections = new Set([silent, lively])
  const dropped: Connection[] = []
  const drop = (connection: Connection) => {
    connections.delete(connection)
    dropped.push(connection)
  }
  const end = startCleanUp({ periodMs: 30_000, limit: 2, connections, drop })
  vi.advanceTimersByTime(60_000)
  lively.unansweredPings = 0
  expect(silent.socket.ping).toHaveBeenCalledTimes(2)
  expect(dropped).toEqual([])
  vi.advanceTimersByTime(30_000)
  expect(dropped).toEqual([silent])
  expect(lively.socket.ping).toHaveBeenCalledTimes(3)
  end()
  vi.advanceTimersByTime(300_000)
  expect(dropped).toEqual([silent])
})

it('a connection that ignores pings is closed with 1008 and leaves both lists, one that speaks or answers stays', async () => {
  const server = await startMomentum({ intervalMs: 50, pongLimit: 3 })
  const answering = await connect(server, 1)
  const ignoring = await connect(server, 2, { autoPong: false })
  const speaking = await connect(server, 3, { autoPong: false })
  speaking.socket.on('ping', () => speaking.send({ message_type: 'ping' }))

  expect(await ignoring.closed).toBe(1008)
  expect(await answering.next('user_left')).toMatchObject({ data: { username: 'user-2' } })
  expect(await namesOnline(server)).toEqual(['user-1', 'user-3'])
  expect(await getJson(server, '/ws/stats')).toMatchObject({
    active_connections: 2,
    cleaned_up_connections: 1,
    total_connections: 3,
  })
  await Promise.all([answering, speaking].map(leave))
  await server.close()
})

async function namesOnline(server: RunningServer): Promise<string[]> {
  const { users } = (await getJson(server, '/ws/online')) as { users: { username: string }[] }
  return users.map(({ username }) => username).sort()
}
