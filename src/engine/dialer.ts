import { fillTemplate, parseTemplate } from '../dialects/template.ts'
import type { Target } from '../plan/plan.ts'
import { writeRequestHead } from '../websocket/handshake.ts'
import { createTlsOptions } from './connection.ts'
import type { Dial } from './link.ts'

/** A URL of the target whose name has been looked up, once for the whole run. */
export interface Endpoint {
  /** As planned, with its placeholders. */
  readonly url: string
  /** IP addresses that connections are spread over; empty: the name did not resolve. */
  readonly addresses: readonly string[]
  /** Why there are none, e.g. `ENOTFOUND`. */
  readonly failure: string
}

export interface Dialer {
  /** Token of a client; empty without tokens. */
  tokenFor(client: number): string
  /** A string when the name did not resolve: why. */
  dialFor(client: number): Dial | string
}

/** Deals URLs, addresses, source addresses and tokens out to the clients in turn. */
export function createDialer(target: Target, endpoints: readonly Endpoint[]): Dialer {
  const secure = endpoints.some(({ url }) => /^(?:wss|https):/i.test(url))
    ? createTlsOptions(target.tls)
    : null
  const fixed = target.headers.every(([, value]) => !hasPlaceholder(value))
  const cache = new Map<string, Dial>()

  function tokenFor(client: number): string {
    return target.tokens[client % target.tokens.length] ?? ''
  }

  function dialFor(client: number): Dial | string {
    const endpoint = endpoints[client % endpoints.length]!
    const turn = Math.floor(client / endpoints.length)
    const address = endpoint.addresses[turn % endpoint.addresses.length]
    if (address === undefined) return endpoint.failure
    const localAddress = target.sourceIps[client % target.sourceIps.length] ?? null
    if (!fixed || hasPlaceholder(endpoint.url)) return build(endpoint.url, address, localAddress, client)
    const name = `${endpoint.url} ${address} ${localAddress}`
    const known = cache.get(name)
    if (known !== undefined) return known
    const dial = build(endpoint.url, address, localAddress, client)
    cache.set(name, dial)
    return dial
  }

  function build(template: string, address: string, localAddress: string | null, client: number): Dial {
    const values = { client, token: tokenFor(client), seq: 0 }
    const url = new URL(fillTemplate(template, { ...values, token: encodeURIComponent(values.token) }))
    const isSecure = url.protocol === 'wss:' || url.protocol === 'https:'
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const headers = target.headers.map(([name, value]) => [name, fillTemplate(value, values)] as const)
    const given = headers.some(([name]) => name.toLowerCase() === 'authorization')
    const basic =
      (url.username !== '' || url.password !== '') && !given
        ? [['Authorization', basicAuth(url)] as const]
        : []
    const request = {
      path: url.pathname + url.search,
      host: url.host,
      headers: [...basic, ...headers],
      subprotocols: target.subprotocols,
    }
    return {
      address,
      port: Number(url.port) || (isSecure ? 443 : 80),
      tls: isSecure ? { ...secure, ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }) } : null,
      ...request,
      requestHead: writeRequestHead(request),
      localAddress,
      token: values.token,
    }
  }

  return { tokenFor, dialFor }
}

function hasPlaceholder(text: string): boolean {
  return parseTemplate(text).some((part) => 'placeholder' in part)
}

/** RFC 7617 with UTF-8. */
function basicAuth(url: URL): string {
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`
}
