import { lookup } from 'node:dns/promises'
import type { Endpoint } from '../engine/dialer.ts'
import { acceptsConnections } from '../observe/wait-for-port.ts'

export interface ResolvedEndpoints {
  readonly endpoints: readonly Endpoint[]
  readonly warnings: readonly { readonly code: string; readonly message: string }[]
}

/**
 * Looks every host up once. A name with several addresses keeps those that accept a connection now (localhost is ::1
 * and 127.0.0.1, and most servers listen on one); when none does, all stay, and the failures are counted.
 */
export async function resolveEndpoints(urls: readonly string[]): Promise<ResolvedEndpoints> {
  const warnings: { code: string; message: string }[] = []
  const endpoints = await Promise.all(
    urls.map(async (url): Promise<Endpoint> => {
      const { hostname, port, protocol } = new URL(url.replace(/\{\w+\}/g, '0'))
      const host = hostname.replace(/^\[|\]$/g, '')
      try {
        const found = [...new Set((await lookup(host, { all: true })).map(({ address }) => address))]
        if (found.length === 1) return { url, addresses: found, failure: '' }
        const portNumber = Number(port) || (protocol === 'wss:' || protocol === 'https:' ? 443 : 80)
        const answers = await Promise.all(
          found.map((address) => acceptsConnections({ host: address, port: portNumber })),
        )
        const reachable = found.filter((_, index) => answers[index])
        if (reachable.length === 0 || reachable.length === found.length)
          return { url, addresses: found, failure: '' }
        const left = found.filter((address) => !reachable.includes(address))
        warnings.push({
          code: 'address-skipped',
          message: `${host}: nothing accepts connections at ${left.join(', ')}; using ${reachable.join(', ')}`,
        })
        return { url, addresses: reachable, failure: '' }
      } catch (error) {
        return { url, addresses: [], failure: (error as NodeJS.ErrnoException).code ?? 'lookup failed' }
      }
    }),
  )
  return { endpoints, warnings }
}
