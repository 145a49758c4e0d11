import type { Outgoing, Speech } from './speech.ts'

/** What a typed line asks for. */
export type LineAction =
  | { readonly kind: 'send'; readonly outgoing: Outgoing }
  | { readonly kind: 'ping' | 'help' | 'quit' | 'nothing' }
  | { readonly kind: 'mistake'; readonly problem: string }

/** Reads one line: a command, or with a speech that has `bare`, something to send as it stands. */
export function parseLine(line: string, speech: Speech): LineAction {
  if (line.trim() === '') return { kind: 'nothing' }
  const blank = line.indexOf(' ')
  const word = blank < 0 ? line : line.slice(0, blank)
  const rest = blank < 0 ? '' : line.slice(blank + 1)
  if (word === 'ping' || word === 'help' || word === 'quit') {
    if (rest.trim() === '') return { kind: word }
  } else if (word === 'text') {
    return rest === '' ? mistake('text needs what to send: text hello') : send(speech.text(rest))
  } else if (word === 'json') {
    return parseJson(rest, speech)
  } else if (word === 'notification' && speech.notification !== null) {
    return rest === ''
      ? mistake('notification needs its content: notification hello')
      : send(speech.notification(rest))
  }
  if (speech.bare !== null) return send(speech.bare(line))
  return mistake(`"${line}" is not a command; "text ${line}" sends it, help lists the commands`)
}

function parseJson(written: string, speech: Speech): LineAction {
  if (written.trim() === '') return mistake('json needs a document: json {"key":"value"}')
  try {
    return send(speech.json(written, JSON.parse(written)))
  } catch (error) {
    return mistake(`not JSON, so not sent: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function send(outgoing: Outgoing): LineAction {
  return { kind: 'send', outgoing }
}

function mistake(problem: string): LineAction {
  return { kind: 'mistake', problem }
}

/** The commands of a kind of server, each with what it does. */
export function listCommands(speech: Speech): (readonly [form: string, meaning: string])[] {
  return [
    ['text WORDS', 'send a text'],
    ...(speech.notification === null ? [] : ([['notification WORDS', 'send a notification']] as const)),
    [
      'json {...}',
      `send a JSON document${speech.bare === null ? '; id, data and timestamp are filled in' : ''}`,
    ],
    ['ping', speech.ping === null ? 'send a WebSocket ping' : 'send a ping, answered with pong'],
    ['help', 'this list'],
    ['quit', 'close the connection and end (also Ctrl-C, Ctrl-D)'],
    ...(speech.bare === null ? [] : ([['anything else', 'is sent as it stands']] as const)),
  ]
}
