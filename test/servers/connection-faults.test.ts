/** Connections that a demo server ends on purpose, against its own count of them. */
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { type RunningServer, type StartOptions, startServer } from '../../src/servers/start.ts'
import { openClient } from '../support/ws-client.ts'

let server: RunningServer
afterEach(() => server.close())

async function open(count: number, faults: NonNullable<StartOptions['faults']>) {
  server = await startServer('echo', { port: 0, faults })
  return Promise.all(Array.from({ length: count }, async () => (await openClient(server.url)).socket))
}

test('who says nothing is cut, and who does stays', async () => {
  const [idle, talking] = await open(2, { idleTimeoutMs: 100 })
  const talk = setInterval(() => talking!.ping(), 10)
  const [code] = await once(idle!, 'close')
  clearInterval(talk)
  expect([code, talking!.readyState, server.faults]).toMatchObject([1006, 1, { idleDropped: 1, cut: 0 }])
  talking!.terminate()
})

test('all are cut at once, nobody is let in for a while, and then again', async () => {
  const sockets = await open(5, { cutAfterMs: 50, refuseMs: 200 })
  await Promise.all(sockets.map((socket) => once(socket, 'close')))
  expect(server.faults.cut).toBe(5)
  await expect(openClient(server.url)).rejects.toThrow('ECONNREFUSED')
  for (;;) {
    const client = await openClient(server.url).catch(() => null)
    if (client === null) continue
    client.socket.terminate()
    break
  }
})

test('a server that is closed while it lets nobody in does not come back', async () => {
  const [socket] = await open(1, { cutAfterMs: 20, refuseMs: 50 })
  await once(socket!, 'close')
  await server.close()
  await expect(openClient(server.url)).rejects.toThrow('ECONNREFUSED')
})
