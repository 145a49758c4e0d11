import type { Server } from 'node:http'
import type { WebSocketServer } from 'ws'

const GOING_AWAY = 1001
const POLITE_MS = 1000

/** Stops listening, closes every connection with 1001 and cuts those that have not answered within a second. */
export async function stopWebSocketServers(servers: readonly WebSocketServer[], http: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => http.close(() => resolve()))
  for (const { clients } of servers) {
    for (const socket of clients) socket.close(GOING_AWAY, 'server is stopping')
  }
  const cut = setTimeout(() => {
    for (const { clients } of servers) for (const socket of clients) socket.terminate()
    // Upgraded connections are ws's; these are the ones that never asked for an upgrade.
    http.closeAllConnections()
  }, POLITE_MS)
  await closed
  clearTimeout(cut)
}
