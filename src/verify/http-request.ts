/** One HTTP request, for the checks of a server's plain side. */
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** A larger body waits for an early refusal, which the length in the head may bring (RFC 9110, 10.1.1). */
const LARGE_BYTES = 64 * 1024
const EARLY_ANSWER_MS = 200

export interface HttpRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** Null: none. */
  readonly body: string | null
  readonly insecure: boolean
  readonly signal: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** The answer with its whole body. @throws the socket's error, or the abort */
export async function askHttp(request: HttpRequest): Promise<HttpAnswer> {
  const response = await openHttp(request)
  response.setEncoding('utf8')
  let body = ''
  for await (const chunk of response) body += chunk
  return { status: response.statusCode ?? 0, contentType: response.headers['content-type'] ?? '', body }
}

/** The answer as soon as its head is there. @throws the socket's error, or the abort */
export function openHttp(request: HttpRequest): Promise<IncomingMessage> {
  const { url, method, headers, body, insecure, signal } = request
  const send = url.startsWith('https:') ? requestHttps : requestHttp
  const length = body === null ? {} : { 'content-length': `${Buffer.byteLength(body)}` }
  return new Promise((resolve, reject) => {
    const sent = send(url, {
      method,
      // Not to be closed by the server: with bytes still on their way that is a reset, and the answer is lost.
      headers: { connection: 'keep-alive', ...length, ...headers },
      rejectUnauthorized: !insecure,
      agent: false,
      signal,
    })
    const finish = (): unknown => sent.end(body ?? undefined)
    const isLarge = body !== null && body.length > LARGE_BYTES
    const timer = isLarge ? setTimeout(finish, EARLY_ANSWER_MS) : null
    sent.on('response', (response) => {
      if (timer !== null) clearTimeout(timer)
      resolve(response)
      // What was answered early is not sent any more.
      response.on('end', () => sent.destroy())
    })
    sent.on('error', (error) => {
      if (timer !== null) clearTimeout(timer)
      reject(error)
    })
    if (isLarge) sent.flushHeaders()
    else finish()
  })
}
