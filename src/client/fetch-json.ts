import http from 'node:http'
import https from 'node:https'
import { explainFailure } from './failure.ts'
import { collectHeaders, type Headers } from './headers.ts'

export interface FetchOptions {
  readonly headers: Headers
  /** Accept any certificate. */
  readonly insecure: boolean
  /** For the whole answer. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const MAX_BYTES = 16 * 2 ** 20

/** GETs a JSON object. @throws Error with one clause for a reader: not reachable, too slow, another status, not JSON */
export async function fetchJson(
  url: string,
  { headers, insecure, timeoutMs, signal }: FetchOptions,
): Promise<object> {
  const { pathname } = new URL(url)
  const limit = AbortSignal.timeout(timeoutMs)
  const options = {
    headers: collectHeaders(headers),
    rejectUnauthorized: !insecure,
    signal: AbortSignal.any([signal, limit]),
    agent: false as const,
  }
  let answer: { status: number; body: string }
  try {
    answer = await get(url, options)
  } catch (error) {
    if (limit.aborted) throw new Error(`${pathname} did not answer within ${timeoutMs / 1000} s`)
    throw new Error(explainFailure(error as NodeJS.ErrnoException).reason)
  }
  if (answer.status !== 200) throw new Error(`${pathname} answered HTTP ${answer.status}`)
  const value = parse(answer.body)
  if (typeof value !== 'object' || value === null) throw new Error(`${pathname} did not answer with JSON`)
  return value
}

function get(url: string, options: https.RequestOptions): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const module = url.startsWith('https:') ? https : http
    const request = module.get(url, options, (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size > MAX_BYTES) request.destroy(new Error('the answer is over 16 MiB'))
      })
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() })
      })
      // The answer broke off.
      response.on('error', reject)
    })
    request.on('error', reject)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
