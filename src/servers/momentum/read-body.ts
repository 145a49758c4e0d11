import type { IncomingMessage } from 'node:http'

/** After this many times the limit a client that goes on sending is cut off. */
const PATIENCE = 256

/**
 * Collects a request's body and calls `done` once: with all of it, or with null as soon as it is larger than `maxBytes`.
 * What comes after that is read and thrown away for a while, because a socket closed with bytes unread is reset and the
 * answer lost (RFC 9112, 9.6). Not called when the client goes away before the end.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  done: (body: Buffer | null) => void,
): void {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  let isTooLarge = false
  const onTooLarge = () => {
    isTooLarge = true
    chunks.length = 0
    done(null)
  }
  request.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes * PATIENCE) request.destroy()
    else if (isTooLarge) return
    else if (sizeBytes > maxBytes) onTooLarge()
    else chunks.push(chunk)
  })
  request.on('end', () => {
    if (!isTooLarge) done(Buffer.concat(chunks))
  })
  // The client went away; there is nobody to answer.
  request.on('error', () => {})
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) onTooLarge()
}
