import type { Outgoing, Speech } from './speech.ts'

/** Any WebSocket server: what is typed is sent as it stands, and ping is the protocol's own. */
export const plainSpeech: Speech = {
  name: 'text',
  text: send,
  notification: null,
  json: send,
  ping: null,
  bare: send,
  describe: (text) => ({ kind: 'text', text }),
}

function send(text: string): Outgoing {
  return { text, mark: text }
}
