import { connect } from 'node:net'

/** Where a WebSocket URL leads. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Host and port of a ws:// or wss:// URL; `{client}` and `{token}` may stand in its path and query. */
export function addressOf(url: string): Address {
  const { protocol, hostname, port } = new URL(url)
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'wss:' ? 443 : 80) : Number(port),
  }
}

const ATTEMPT_MS = 1000
const RETRY_MS = 50

/** Does something accept TCP connections there? Any failure within a second is a no. */
export function acceptsConnections({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: ATTEMPT_MS })
    const finish = (accepted: boolean) => {
      socket.destroy()
      resolve(accepted)
    }
    socket.once('connect', () => finish(true))
    socket.once('timeout', () => finish(false))
    socket.once('error', () => finish(false))
  })
}

/** Tries every 50 ms until the address accepts (true) or `signal` is aborted (false). */
export async function waitForPort(address: Address, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await acceptsConnections(address)) return true
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
  return false
}
