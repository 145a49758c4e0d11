/**
 * A HAR of what a page's WebSockets say, made of a real browser's own events (Chrome DevTools Protocol,
 * Network.webSocket…) in the form in which its developer tools export them: `_webSocketMessages`.
 */
import type { Page } from 'playwright-core'

interface Entry {
  startedDateTime: string
  _resourceType: 'websocket'
  request: { method: 'GET'; url: string; headers: { name: string; value: string }[] }
  response: { status: number }
  _webSocketMessages: { type: 'send' | 'receive'; time: number; opcode: number; data: string }[]
}

/** Records from now on; call what comes back for the HAR so far. */
export async function recordHar(page: Page): Promise<() => string> {
  const session = await page.context().newCDPSession(page)
  const entries = new Map<string, Entry>()
  /** The protocol's clock to that of the day. */
  let offsetSec = 0
  session.on('Network.webSocketCreated', ({ requestId, url }) => {
    entries.set(requestId, {
      startedDateTime: '',
      _resourceType: 'websocket',
      request: { method: 'GET', url, headers: [] },
      response: { status: 0 },
      _webSocketMessages: [],
    })
  })
  session.on('Network.webSocketWillSendHandshakeRequest', ({ requestId, request, timestamp, wallTime }) => {
    const entry = entries.get(requestId)!
    offsetSec = wallTime - timestamp
    entry.startedDateTime = new Date(wallTime * 1000).toISOString()
    entry.request.headers = Object.entries(request.headers).map(([name, value]) => ({ name, value }))
  })
  session.on('Network.webSocketHandshakeResponseReceived', ({ requestId, response }) => {
    entries.get(requestId)!.response.status = response.status
  })
  for (const [event, type] of [
    ['Network.webSocketFrameSent', 'send'],
    ['Network.webSocketFrameReceived', 'receive'],
  ] as const) {
    session.on(event, ({ requestId, timestamp, response }) => {
      const { opcode, payloadData: data } = response
      const messages = entries.get(requestId)!._webSocketMessages
      messages.push({ type, time: timestamp + offsetSec, opcode, data })
    })
  }
  await session.send('Network.enable')
  return () =>
    JSON.stringify({
      log: { version: '1.2', creator: { name: 'WebInspector' }, entries: [...entries.values()] },
    })
}
