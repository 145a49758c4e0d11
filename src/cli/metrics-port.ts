/** `--metrics-port`: a page for Prometheus while a run goes on. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UsageError } from '../errors.ts'
import type { MetricsAddress } from '../plan/plan.ts'
import { LivePage } from '../report/openmetrics/live-page.ts'

export interface MetricsPort {
  readonly url: string
  readonly page: LivePage
  close(): Promise<void>
}

const PATH = '/metrics'
const OPENMETRICS = 'application/openmetrics-text'

const PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use already',
  EACCES: 'must not be used by this user',
  EADDRNOTAVAIL: 'is at an address that this machine does not have',
  ENOTFOUND: 'is at a host name that does not resolve',
  EAI_AGAIN: 'is at a host name that does not resolve',
}

/**
 * Listens before the run, and until close().
 * @throws UsageError when it cannot
 */
export async function openMetricsPort({ host, port }: MetricsAddress): Promise<MetricsPort> {
  const page = new LivePage()
  const server = createServer((request, response) => {
    const { status, headers, text } = answer(page, request)
    response.writeHead(status, headers).end(text)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem = PROBLEMS[error.code ?? ''] ?? `cannot be listened on (${error.code ?? error.message})`
      const value = `${host}:${port}`
      const accepted = 'a free port of this machine, or 0'
      const example = '--metrics-port 0'
      reject(new UsageError([{ where: '--metrics-port', value, problem, accepted, example }]))
    })
    server.listen(port, host, resolve)
  })
  // A reader that goes away in the middle is nothing to end a run for.
  server.on('error', () => {})
  const { address, port: bound, family } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}${PATH}`,
    page,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

function answer(page: LivePage, { method, url, headers }: IncomingMessage): Answer {
  if (url?.split('?')[0] !== PATH) return refuse(404, `nothing here but ${PATH}`)
  if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'only GET', { Allow: 'GET, HEAD' })
  const asOpenMetrics = headers.accept?.includes(OPENMETRICS) === true
  const type = asOpenMetrics ? `${OPENMETRICS}; version=1.0.0` : 'text/plain; version=0.0.4'
  try {
    const text = page.render(asOpenMetrics ? 'openmetrics' : 'prometheus')
    return { status: 200, headers: { 'Content-Type': `${type}; charset=utf-8` }, text }
  } catch (error) {
    // Thrown from here it would end the run.
    return refuse(500, `the page cannot be made: ${error}`)
  }
}

function refuse(status: number, text: string, more: Answer['headers'] = {}): Answer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...more }, text: `${text}\n` }
}
