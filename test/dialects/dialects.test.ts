/** Every dialect of the registry: what it writes is found again, and what its server says is understood. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CONTROL,
  type Dialect,
  type Matcher,
  NOISE,
  OTHERS,
  type PayloadLayout,
  PUSH,
} from '../../src/dialects/dialect.ts'
import { createMarkMatcher, layOut, smallestPayload } from '../../src/dialects/mark.ts'
import { DIALECTS, findDialect } from '../../src/dialects/registry.ts'

const CONTEXT = { room: 3, unixSeconds: 1_700_000_000 }
const senders = Object.values(DIALECTS).filter(({ audience }) => audience !== 'nobody')
const CLIENT = fc.nat(9_999_999)
const SEQ = fc.nat(9_999_999_999)

/** As the engine does before a message goes out. */
function fill(
  { bytes, clientAt, clientDigits, seqAt, seqDigits }: PayloadLayout,
  client: number,
  seq: number,
) {
  const filled = Buffer.from(bytes)
  for (const at of clientAt) filled.write(String(client).padStart(clientDigits, '0'), at)
  for (const at of seqAt) filled.write(String(seq).padStart(seqDigits, '0'), at)
  return filled
}

/** As in a socket's read buffer: other bytes before and behind, which must not be read. */
function classify(matcher: Matcher, frame: Buffer | string, client: number): number {
  const data = Buffer.concat([Buffer.from('c0000001s'), Buffer.from(frame), Buffer.from('0000000001')])
  return matcher.classify(data, 9, data.length - 10, client)
}

function expectFound(matcher: Matcher, frame: Buffer | string, client: number, seq: number): void {
  expect(classify(matcher, frame, client)).toBe(seq)
  const another = (client + 1) % 10_000_000
  expect(classify(matcher, frame, another)).toBe(OTHERS)
  expect([matcher.sender, matcher.seq]).toEqual([client, seq])
}

function message(dialect: Dialect, client: number, seq: number, extraBytes: number): Buffer {
  return fill(layOut(dialect, smallestPayload(dialect, CONTEXT) + extraBytes, CONTEXT), client, seq)
}

/** The same data as another server might write it. */
function rewrite(text: string): string[] {
  const parsed = JSON.parse(text) as Record<string, unknown>
  const reversed = Object.fromEntries([...Object.entries(parsed), ['from', '用户']].reverse())
  return [
    JSON.stringify(parsed),
    JSON.stringify(reversed, null, 2),
    JSON.stringify({ event: 'relay', payload: text, count: 1 }),
    JSON.stringify([{ data: JSON.stringify({ inner: JSON.stringify(reversed) }) }]),
  ]
}

describe.each(senders.map((dialect) => [dialect.name, dialect] as const))('%s', (_, dialect) => {
  it('writes messages of any size from its smallest on, to the byte', () => {
    const least = smallestPayload(dialect, CONTEXT)
    fc.assert(
      fc.property(fc.nat(2000), (extra) => {
        expect(layOut(dialect, least + extra, CONTEXT).bytes).toHaveLength(least + extra)
      }),
    )
  })

  it("is found again as one's own or another's: unchanged, and behind and before anything", () => {
    const matcher = createMarkMatcher(dialect)
    const words = fc.string({ unit: 'grapheme', maxLength: 20 })
    fc.assert(
      fc.property(CLIENT, SEQ, fc.nat(100), words, words, (client, seq, extra, prefix, suffix) => {
        const sent = message(dialect, client, seq, extra)
        expectFound(matcher, sent, client, seq)
        expectFound(matcher, Buffer.concat([Buffer.from(prefix), sent, Buffer.from(suffix)]), client, seq)
      }),
    )
  })

  it('is found again in JSON, written anew and in a text within a text', () => {
    const matcher = createMarkMatcher(dialect)
    fc.assert(
      fc.property(CLIENT, SEQ, fc.nat(100), (client, seq, extra) => {
        const sent = message(dialect, client, seq, extra).toString('latin1')
        const texts = sent.startsWith('{') ? rewrite(sent) : rewrite(JSON.stringify({ message: sent }))
        for (const text of texts) expectFound(matcher, text, client, seq)
      }),
    )
  })

  it('never finds a message in noise, near misses among it', () => {
    const matcher = createMarkMatcher(dialect)
    const near = fc
      .tuple(CLIENT, SEQ, fc.nat(18), fc.constantFrom('', 'x', '"', ' ', '-', '\\', 'é'))
      .map(([client, seq, at, wrong]) => {
        const mark = `c${String(client).padStart(7, '0')}s${String(seq).padStart(10, '0')}`
        return mark.slice(0, at) + wrong + mark.slice(at + 1)
      })
    const letters = fc.string({ unit: fc.constantFrom('c', 's', '0', '1', '9', '{', '"'), maxLength: 60 })
    fc.assert(
      fc.property(
        fc.oneof(near, letters, fc.string({ unit: 'binary' }), fc.json()),
        CLIENT,
        (text, client) => {
          fc.pre(!/c\d{7}s\d{10}/.test(text))
          expect([NOISE, CONTROL]).toContain(classify(matcher, text, client))
        },
      ),
    )
  })
})

describe('what is written', () => {
  const sent = (dialect: string) => message(findDialect(dialect)!, 42, 345, 3).toString('latin1')
  const mark = 'c0000042s0000000345abc'
  const id = '00000042-0000-4000-8000-000000000345'
  it.each([
    ['echo', mark],
    ['echo-axum', mark],
    ['echo-axum-en', mark],
    ['broadcast', mark],
    ['chat-numbered', mark],
    ['chat-named', mark],
    ['chat-json', `{"username":"stress","content":"${mark}","timestamp":1700000000}`],
    ['rooms', `{"type":"Message","room":"room-3","content":"${mark}"}`],
    ['binary', `\x01${mark}`],
    [
      'momentum',
      `{"id":"${id}","message_type":"text","data":{"content":"${mark}"},"timestamp":"2023-11-14T22:13:20.000Z"}`,
    ],
  ])('%s', (dialect, text) => {
    expect(sent(dialect)).toBe(text)
  })

  it('covers every dialect that sends', () => {
    expect(senders.map(({ name }) => name)).toHaveLength(10)
  })

  it('on opening, where something is', () => {
    const openings = Object.values(DIALECTS).flatMap(({ name, opening }) =>
      opening === undefined ? [] : [[name, opening({ client: 7, room: 2, token: '' })]],
    )
    expect(openings).toEqual([
      ['chat-named', ['user-7']],
      ['rooms', ['{"type":"Join","room":"room-2","username":"user-7"}']],
    ])
  })

  it('never has the same id twice in a UUID of version 4', () => {
    const { id } = JSON.parse(sent('momentum')) as { id: string }
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

describe('what servers say', () => {
  const mine = 'c0000007s0000000012'
  const other = 'c0000008s0000000012'
  const cases: [dialect: string, frame: string | Buffer, meaning: number][] = [
    ['echo', mine, 12],
    ['echo-axum', `回显: ${mine}`, 12],
    ['echo-axum-en', `Echo: ${mine}`, 12],
    ['echo', 'welcome', NOISE],
    ['broadcast', mine, 12],
    ['broadcast', other, OTHERS],
    ['broadcast', 'hello', NOISE],
    ['chat-numbered', `用户 8: ${mine}`, 12],
    ['chat-numbered', `用户 12345: ${other}`, OTHERS],
    ['chat-numbered', '用户 9: hello', NOISE],
    ['chat-named', 'user-7 joined the chat', CONTROL],
    ['chat-named', 'two words\nand lines left the chat', CONTROL],
    ['chat-named', `user-7: ${mine}`, 12],
    ['chat-named', `user-8: ${other}`, OTHERS],
    ['chat-named', 'anna: hello', NOISE],
    ['chat-named', 'anna: who left the chat?', NOISE],
    ['chat-json', `{"username":"stress","content":"${mine}","timestamp":1}`, 12],
    ['chat-json', '{"username":"anna","content":"hello","timestamp":1}', NOISE],
    ['rooms', `{"type":"Message","room":"room-0","content":"${mine}","username":"user-7"}`, 12],
    ['rooms', `{"type":"Message","room":"room-0","username":"user-8","content":"${other}"}`, OTHERS],
    ['rooms', '{"type":"Message","room":"room-0","content":"hi","username":"anna"}', NOISE],
    ['rooms', '{"type":"Join","room":"room-0","username":"user-8"}', CONTROL],
    ['rooms', '{"type":"Leave","room":"room-0"}', CONTROL],
    ['rooms', '{"type":"Ping"}', CONTROL],
    ['rooms', ' {"type":"Pong"}', CONTROL],
    ['rooms', '{"type":"Error","reason":"not in room-1"}', NOISE],
    ['rooms', '["Pong"]', NOISE],
    ['rooms', '{"type":"Pong"', NOISE],
    ['binary', Buffer.concat([Buffer.of(1), Buffer.from(mine)]), 12],
    ['binary', Buffer.of(2, 255, 0), NOISE],
    ['notifications', '{"type":"info","message":"定时通知","timestamp":1700000000}', PUSH],
    ['notifications', '{"type":"warning","message":"定时通知","timestamp":1700000000}', NOISE],
    ['notifications', '{"type":"info","message":"定时通知","timestamp":"now"}', NOISE],
    ['notifications', '{"type":"info","timestamp":1700000000}', NOISE],
    ['notifications', 'null', NOISE],
    ['feed', '{"timestamp":1700000000,"value":0}', PUSH],
    ['feed', '{"value":99.97,"timestamp":1700000000}', PUSH],
    ['feed', '{"timestamp":1700000000,"value":100.5}', NOISE],
    ['feed', '{"timestamp":1700000000,"value":-1}', NOISE],
    ['feed', '{"timestamp":1700000000,"value":"7"}', NOISE],
    ['feed', '{"timestamp":1700000000.5,"value":7}', NOISE],
    ['sse', 'Current time: 2026-01-31 12:00:00.123456789 UTC', PUSH],
    ['sse', '{"price":1}', PUSH],
    ['heartbeat', 'anything', NOISE],
    ['momentum', `{"id":"x","message_type":"text","data":{"content":"${mine}"},"from_user_id":"u"}`, 12],
    ['momentum', `{"id":"x","message_type":"text","data":{"content":"${other}"}}`, OTHERS],
    ['momentum', '{"id":"x","message_type":"text","data":{"content":"hi"}}', NOISE],
    ['momentum', '{"id":"x","message_type":"user_joined","data":{"username":"anna"}}', CONTROL],
    ['momentum', '{"id":"x","message_type":"user_left","data":{"username":"anna"}}', CONTROL],
    ['momentum', '{"id":"x","message_type":"ping","data":{}}', CONTROL],
    ['momentum', '{"id":"x","message_type":"pong","data":{}}', CONTROL],
    ['momentum', '{"message_type":"system_message","data":{"content":"x","priority":"high"}}', CONTROL],
    ['momentum', '{"message_type":"notification","data":{"content":"x","source":"y"}}', CONTROL],
    ['momentum', '{"id":"x","message_type":"error","data":{"content":"bad JSON"}}', NOISE],
    ['momentum', '{"id":"x","message_type":"toString"}', NOISE],
  ]
  it.each(cases)('%s: %s', (dialect, frame, meaning) => {
    expect(classify(createMarkMatcher(findDialect(dialect)!), frame, 7)).toBe(meaning)
  })

  it('covers every dialect', () => {
    expect(new Set(cases.map(([dialect]) => dialect))).toEqual(new Set(Object.keys(DIALECTS)))
  })
})

describe('the registry', () => {
  it('has each dialect under its own name, with a clause for lists', () => {
    for (const [name, dialect] of Object.entries(DIALECTS)) {
      expect(dialect.name).toBe(name)
      expect(dialect.description).toMatch(/^[^.]{20,90}$/)
    }
  })

  it('knows no other names', () => {
    expect(findDialect('toString')).toBeUndefined()
    expect(findDialect('')).toBeUndefined()
  })

  it('has a promise for each server that pushes, whose clients only listen', () => {
    const pushing = Object.values(DIALECTS).filter(({ push }) => push !== undefined)
    expect(pushing.map(({ name, push }) => [name, push!.by, push!.everyUs])).toEqual([
      ['notifications', 'message', 5_000_000],
      ['feed', 'message', 1_000_000],
      ['sse', 'message', 1_000_000],
      ['heartbeat', 'ping', 30_000_000],
    ])
    expect(pushing.every(({ audience }) => audience === 'nobody')).toBe(true)
  })
})
