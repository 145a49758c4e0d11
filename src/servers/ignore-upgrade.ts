/** An Upgrade to what is not spoken here (h2c of `curl --http2` or of Java's HttpClient) is ignored: RFC 9110, 7.8. */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

/**
 * Gives the connection back to `http`, which reads the request again without the header: so its body, further requests
 * and keep-alive are as ever. Arguments as of the event `upgrade`. Not for a request sent ahead of the answer to the one
 * before, on the same connection: Node cannot tell then whose turn it is.
 */
export function ignoreUpgrade(http: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.unshift(Buffer.concat([Buffer.from(writeHead(request), 'latin1'), head]))
  http.emit('connection', socket)
}

function writeHead({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    if (name.toLowerCase() !== 'upgrade') text += `${name}: ${rawHeaders[index + 1]}\r\n`
  }
  return `${text}\r\n`
}
