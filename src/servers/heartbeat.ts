import type { WebSocket } from 'ws'
import type { ServerKind } from './service.ts'
import { startTicker } from './ticker.ts'

const PERIOD_MS = 30_000
const PONG_LIMIT = 2

/** Pings each client and drops who does not answer; what comes in is read and ignored. */
export const heartbeat: ServerKind = {
  description: 'pings; drops who does not answer',
  defaultPort: 9001,
  path: '/',
  scheme: 'ws',
  create: ({ intervalMs, pongLimit, faults }) => ({
    onSocket: (socket) =>
      beat(socket, intervalMs ?? PERIOD_MS, pongLimit ?? PONG_LIMIT, () => faults.counts.pongDropped++),
  }),
}

/** A dropped client is cut: who does not answer a ping would not answer a Close frame either. */
function beat(socket: WebSocket, periodMs: number, pongLimit: number, onDrop: () => void): void {
  let unanswered = -1
  socket.on('pong', () => {
    unanswered = 0
  })
  const stop = startTicker(periodMs, () => {
    // The ticker ticks at once; the first ping is due after a period.
    if (unanswered < 0) unanswered = 0
    else if (unanswered >= pongLimit) {
      onDrop()
      socket.terminate()
    } else {
      unanswered++
      socket.ping()
    }
  })
  socket.once('close', stop)
}
