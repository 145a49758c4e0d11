import { describe, expect, it, test } from 'vitest'
import { momentumSpeech } from '../../src/client/momentum-speech.ts'
import { listCommands, parseLine } from '../../src/client/parse-line.ts'
import { plainSpeech } from '../../src/client/plain-speech.ts'
import type { Speech } from '../../src/client/speech.ts'

function sentBy(line: string, speech: Speech): string {
  const action = parseLine(line, speech)
  if (action.kind !== 'send') throw new Error(`"${line}" sends nothing: ${JSON.stringify(action)}`)
  return action.outgoing.text
}

function problemOf(line: string, speech: Speech): string {
  const action = parseLine(line, speech)
  if (action.kind !== 'mistake') throw new Error(`"${line}" is no mistake`)
  return action.problem
}

describe('any server: a line', () => {
  test.each([
    ['text hi', 'hi'],
    ['text  two blanks ', ' two blanks '],
    ['text ping', 'ping'],
    ['json {"a": 1}', '{"a": 1}'],
    ['hello', 'hello'],
    ['{"type":"Ping"}', '{"type":"Ping"}'],
    ['notification hi', 'notification hi'],
    ['ping pong', 'ping pong'],
    ['TEXT hi', 'TEXT hi'],
    ['  indented', '  indented'],
  ])('%s sends %s', (line, text) => {
    expect(sentBy(line, plainSpeech)).toBe(text)
  })

  test.each(['ping', 'help', 'quit'])('%s is a command', (word) => {
    expect(parseLine(word, plainSpeech)).toEqual({ kind: word })
    expect(parseLine(`${word} `, plainSpeech)).toEqual({ kind: word })
  })

  test.each(['', '   '])('"%s" is nothing', (line) => {
    expect(parseLine(line, plainSpeech)).toEqual({ kind: 'nothing' })
  })
})

describe('Momentum: a line', () => {
  test.each([
    ['text hi there', 'text', { content: 'hi there' }],
    ['notification n', 'notification', { content: 'n', priority: 'normal', source: 'stress client' }],
    ['json {"message_type":"custom","data":{"a":1}}', 'custom', { a: 1 }],
    ['json {"message_type":"custom"}', 'custom', {}],
  ])('%s becomes an envelope', (line, type, data) => {
    const envelope = JSON.parse(sentBy(line, momentumSpeech))
    expect(Object.keys(envelope)).toEqual(['id', 'message_type', 'data', 'timestamp'])
    expect(envelope).toMatchObject({ message_type: type, data })
    expect(envelope.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/)
    expect(new Date(envelope.timestamp).toISOString()).toBe(envelope.timestamp)
  })

  it('json keeps what the envelope already has', () => {
    const own = { id: 'mine', message_type: 'text', data: {}, timestamp: 'then', to_user_id: 'u' }
    expect(JSON.parse(sentBy(`json ${JSON.stringify(own)}`, momentumSpeech))).toEqual(own)
  })

  test.each(['{"a": 1}', '[1, 2]', '"x"'])('json %s, which is no envelope, goes as it stands', (text) => {
    expect(sentBy(`json ${text}`, momentumSpeech)).toBe(text)
  })

  test.each([
    ['hello', '"hello" is not a command; "text hello" sends it'],
    ['ping me', 'is not a command'],
    ['text', 'text needs what to send'],
    ['notification', 'notification needs its content'],
    ['json', 'json needs a document'],
    ['json {"a":}', 'not JSON, so not sent'],
  ])('%s is a mistake that says so', (line, problem) => {
    expect(problemOf(line, momentumSpeech)).toContain(problem)
  })

  it('an answer is known by the id of what was sent', () => {
    const action = parseLine('json {"id":7,"message_type":"ping"}', momentumSpeech)
    expect(action).toMatchObject({ outgoing: { mark: '"id":7' } })
  })
})

describe('an incoming envelope', () => {
  test.each([
    [
      { message_type: 'text', data: { content: 'hi' }, from_user_id: 'u1' },
      { kind: 'text', text: 'text from u1: hi' },
    ],
    [
      { message_type: 'text', data: { content: 'hi' }, from_user_id: 'u1', to_user_id: 'u2' },
      { kind: 'text', text: 'text from u1 to u2: hi' },
    ],
    [
      { message_type: 'notification', data: { content: 'n', priority: 'high', source: 'cron' } },
      { kind: 'notification', text: 'notification (high, cron): n' },
    ],
    [
      { message_type: 'system_message', data: { content: 's', priority: 'low' } },
      { kind: 'system', text: 'system_message (low): s' },
    ],
    [
      { message_type: 'user_joined', data: { username: 'bob' }, from_user_id: 'u3' },
      { kind: 'presence', text: 'user_joined from bob u3' },
    ],
    [
      { message_type: 'pong', data: {} },
      { kind: 'heartbeat', text: 'pong' },
    ],
    [
      { message_type: 'error', data: { content: 'bad' } },
      { kind: 'error', text: 'error: bad' },
    ],
    [
      { message_type: 'custom', data: { a: 1 } },
      { kind: 'other', text: 'custom: {"a":1}' },
    ],
    [
      { message_type: 'toString', data: null },
      { kind: 'other', text: 'toString: {}' },
    ],
    [{ a: 1 }, { kind: 'other', text: '{"a":1}' }],
    [[1], { kind: 'other', text: '[1]' }],
  ])('%j', (message, shown) => {
    expect(momentumSpeech.describe(JSON.stringify(message))).toEqual(shown)
  })

  it('that is no JSON is shown as it came', () => {
    expect(momentumSpeech.describe('oops {')).toEqual({ kind: 'other', text: 'oops {' })
  })
})

it('help lists what each kind of server has', () => {
  const forms = (speech: Speech) => listCommands(speech).map(([form]) => form)
  expect(forms(momentumSpeech)).toEqual([
    'text WORDS',
    'notification WORDS',
    'json {...}',
    'ping',
    'help',
    'quit',
  ])
  expect(forms(plainSpeech)).toEqual(['text WORDS', 'json {...}', 'ping', 'help', 'quit', 'anything else'])
})
