/** GETs one page again and again over one connection, within bounds of time and size. */
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** For https; the same that the target has. */
export interface PageTls {
  readonly insecure: boolean
  /** PEM texts; null: Node's own list, or none. */
  readonly ca: string | null
  readonly cert: string | null
  readonly key: string | null
}

/** `problem`: one clause, without the address and without anything that the server sent. */
export type PageAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string }

export interface PageReader {
  /** Never rejects. */
  read(timeoutMs: number): Promise<PageAnswer>
  /** Ends the connection, and what is under way. */
  close(): void
}

const MAX_BYTES = 1_048_576
const HEADERS = {
  // Compressing would cost the very CPU that is to be measured.
  'accept-encoding': 'identity',
  accept: 'text/plain;version=0.0.4, application/json;q=0.9, */*;q=0.1',
  'user-agent': 'stress',
}

/** User and password in `url` go as basic authentication. */
export function createPageReader(url: string, { insecure, ca, cert, key }: PageTls): PageReader {
  const isSecure = /^https:/i.test(url)
  const tls = {
    rejectUnauthorized: !insecure,
    ...(ca === null ? {} : { ca }),
    ...(cert === null ? {} : { cert }),
    ...(key === null ? {} : { key }),
  }
  const pool = { keepAlive: true, maxSockets: 1 }
  const agent = isSecure ? new https.Agent({ ...pool, ...tls }) : new http.Agent(pool)
  const closing = new AbortController()

  return {
    async read(timeoutMs) {
      const limit = AbortSignal.timeout(timeoutMs)
      const signal = AbortSignal.any([closing.signal, limit])
      try {
        return await readAnswer(await get(url, { agent, headers: HEADERS, signal }))
      } catch (error) {
        if (limit.aborted) return refuse(`gave no whole answer within ${timeoutMs / 1000} s`)
        return refuse(explain(error as NodeJS.ErrnoException))
      }
    },
    close() {
      closing.abort()
      agent.destroy()
    },
  }
}

function get(url: string, options: http.RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const module = /^https:/i.test(url) ? https : http
    module.get(url, options, resolve).on('error', reject)
  })
}

/** @throws the connection's error, or the abort */
async function readAnswer(response: IncomingMessage): Promise<PageAnswer> {
  const status = response.statusCode ?? 0
  const encoding = response.headers['content-encoding']?.toLowerCase() ?? 'identity'
  const problem = explainHead(status, encoding)
  if (problem !== null) {
    response.destroy()
    return refuse(problem)
  }
  const body: Readable = encoding === 'identity' ? response : pipeline(response, createGunzip(), () => {})
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    // Leaving the loop ends the stream and with it the connection.
    if (size > MAX_BYTES) return refuse('sends over 1 MiB; a page with the process metrics alone is enough')
  }
  return { ok: true, text: Buffer.concat(chunks).toString('utf8') }
}

function explainHead(status: number, encoding: string): string | null {
  if (status >= 300 && status < 400)
    return `answers with a redirect (${status}); give the address it leads to`
  if (status === 401 || status === 403) {
    return `asks for a login (${status}), which goes in the address: http://USER:PASSWORD@HOST/metrics`
  }
  if (status !== 200) return `answers with status ${status}; is that the page of metrics?`
  return encoding === 'identity' || encoding === 'gzip' ? null : 'sends it in an encoding other than gzip'
}

const EXPLAINED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing accepts connections there',
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve',
  ECONNRESET: 'it broke off the connection',
  EMFILE: 'this process has no file descriptor left',
}

/** The code alone: a message may quote what was sent. */
function explain({ code }: NodeJS.ErrnoException): string {
  const reason = EXPLAINED[code ?? '']
  if (reason !== undefined) return `${reason} (${code})`
  if (code?.startsWith('HPE_')) return `it does not speak HTTP (${code})`
  return code === undefined ? 'the request failed' : `the request failed (${code})`
}

function refuse(problem: string): PageAnswer {
  return { ok: false, problem }
}
