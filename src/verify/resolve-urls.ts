/** From the addresses that someone gave to those of the server's two sides. */

export interface GivenUrls {
  readonly dialect: string
  /** ws:// or wss://; null: not given. */
  readonly wsUrl: string | null
  /** http:// or https://; null: not given. */
  readonly serverUrl: string | null
}

export interface ServerUrls {
  /** What clients connect to: http(s) for an event stream, else ws(s). */
  readonly url: string
  /** What the paths of the HTTP side are appended to: without a slash at the end. */
  readonly httpUrl: string
  /** From the query of Momentum's address; null: none. Secret. */
  readonly token: string | null
}

const WEBSOCKET_PATH = /\/ws\/?$/

/** Fills in the side that was not given: Momentum's WebSocket is at /ws, the event stream at /events. */
export function resolveUrls({ dialect, wsUrl, serverUrl }: GivenUrls): ServerUrls {
  const url = new URL(wsUrl ?? toScheme(serverUrl ?? '', 'ws'))
  const http = new URL(serverUrl ?? toScheme(wsUrl ?? '', 'http'))
  http.search = ''
  if (serverUrl === null) http.pathname = http.pathname.replace(WEBSOCKET_PATH, '')
  const httpUrl = http.href.replace(/\/+$/, '')
  if (dialect === 'sse') {
    const stream = new URL(serverUrl ?? toScheme(wsUrl ?? '', 'http'))
    if (stream.pathname === '/') stream.pathname = '/events'
    return { url: stream.href, httpUrl, token: null }
  }
  if (dialect !== 'momentum') return { url: url.href, httpUrl, token: null }
  if (wsUrl === null) url.pathname = `${url.pathname.replace(/\/+$/, '')}/ws`
  // The checks connect with tokens of their own, and without any.
  const token = url.searchParams.get('token')
  url.searchParams.delete('token')
  return { url: url.href, httpUrl, token: token === '' ? null : token }
}

/** The same address for the other protocol, as secure as before. */
function toScheme(url: string, scheme: 'ws' | 'http'): string {
  return url.replace(/^(?:ws|http)(s?):/i, `${scheme}$1:`)
}
