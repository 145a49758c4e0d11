/** A page of metrics that a test writes. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface MetricsServer {
  readonly url: string
  readonly port: number
  /** Of every request so far. */
  readonly requests: readonly IncomingMessage[]
  /** What it does from now on. */
  answer: RequestListener
  /** When that many requests have been answered. */
  answered(count: number): Promise<void>
  close(): Promise<void>
}

/** With `tls`, at https://. */
export async function startMetrics(
  answer: RequestListener,
  tls?: { readonly cert: string; readonly key: string },
): Promise<MetricsServer> {
  const requests: IncomingMessage[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  let done = 0
  const listen: RequestListener = (request, response) => {
    requests.push(request)
    response.on('close', () => {
      done++
      for (const { count, resolve } of waiting) if (done >= count) resolve()
    })
    server.answer(request, response)
  }
  const http = tls === undefined ? createServer(listen) : createSecureServer(tls, listen)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  const server: MetricsServer = {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}/metrics`,
    port,
    requests,
    answer,
    answered: (count) =>
      new Promise((resolve) => {
        if (done >= count) resolve()
        else waiting.push({ count, resolve })
      }),
    close: async () => {
      http.closeAllConnections()
      if (http.listening) await new Promise((resolve) => http.close(resolve))
    },
  }
  return server
}

/** Prometheus text of these values. */
export function page(values: Readonly<Record<string, number>>): RequestListener {
  return (_: IncomingMessage, response: ServerResponse) => {
    response.end(
      Object.entries(values)
        .map(([name, value]) => `${name} ${value}\n`)
        .join(''),
    )
  }
}
