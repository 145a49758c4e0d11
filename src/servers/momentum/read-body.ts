import type { IncomingMessage } from 'node:http'

/** After this many times the limit, or so long, a client that goes on sending is cut off. */
const PATIENCE = 256
const PATIENCE_MS = 5000

export interface BodyHandler {
  /** The whole body. */
  onBody(body: Buffer): void
  /** It is larger than the limit: told as soon as that is known, to be answered at once. */
  onTooLarge(): void
  /** After `onTooLarge`: the rest has been read. Only now may the connection be closed. */
  onDrained(): void
}

/**
 * Collects a request's body of up to `maxBytes`. What comes after that is read and thrown away for a while, because a
 * socket closed with bytes unread is reset and the answer lost (RFC 9112, 9.6). Nothing is told when the client goes away
 * before the end.
 */
export function readBody(request: IncomingMessage, maxBytes: number, handler: BodyHandler): void {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  let isTooLarge = false
  let cut: NodeJS.Timeout | undefined
  const refuse = () => {
    isTooLarge = true
    chunks.length = 0
    cut = setTimeout(() => request.destroy(), PATIENCE_MS)
    handler.onTooLarge()
  }
  request.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes * PATIENCE) request.destroy()
    else if (isTooLarge) return
    else if (sizeBytes > maxBytes) refuse()
    else chunks.push(chunk)
  })
  request.on('end', () => {
    if (isTooLarge) handler.onDrained()
    else handler.onBody(Buffer.concat(chunks))
  })
  // The client went away; there is nobody to answer.
  request.on('error', () => {})
  request.on('close', () => clearTimeout(cut))
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) refuse()
}
