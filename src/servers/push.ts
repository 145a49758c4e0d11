import type { WebSocket } from 'ws'
import { CHANNEL_CAPACITY, Outbox } from './outbox.ts'
import type { ServiceOptions } from './service.ts'
import { startTicker } from './ticker.ts'

/** Sends what `write` makes, at once and then every `periodMs`, until the connection ends; what comes in is read and ignored. */
export function pushTo(
  socket: WebSocket,
  { faults }: ServiceOptions,
  periodMs: number,
  write: () => string,
): void {
  const outbox = new Outbox(socket, { capacity: CHANNEL_CAPACITY, faults })
  const stop = startTicker(periodMs, () => outbox.send(write()))
  socket.once('close', stop)
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
