import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { DEMO_HTML } from './demo-html.ts'
import { DEMO_SCRIPT } from './demo-script.ts'
import { DEMO_STYLE } from './demo-style.ts'

/** The demo page whole: one file, nothing to load. */
export const DEMO_PAGE = DEMO_HTML.replace('/*STYLE*/', () => DEMO_STYLE).replace(
  '/*SCRIPT*/',
  () => DEMO_SCRIPT,
)

/** Nothing runs but the page's own script, and no text becomes markup (trusted types), whatever a message contains. */
const POLICY = [
  "default-src 'none'",
  `script-src '${hash(DEMO_SCRIPT)}'`,
  `style-src '${hash(DEMO_STYLE)}'`,
  "connect-src 'self' ws: wss:",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

/** Answers /demo; false for other paths. */
export function answerDemo(request: IncomingMessage, response: ServerResponse, path: string): boolean {
  if (path !== '/demo' && path !== '/demo/') return false
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD', 'content-type': 'application/json; charset=utf-8' })
    response.end('{"error":"only GET and HEAD"}')
  } else if (path === '/demo/') {
    // The page finds the server beside itself; relative, because a proxy may have put a prefix in front.
    response.writeHead(308, { location: '../demo' }).end()
  } else {
    response
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-length': Buffer.byteLength(DEMO_PAGE),
        'content-security-policy': POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-cache',
      })
      .end(DEMO_PAGE)
  }
  return true
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
