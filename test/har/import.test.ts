/** From the text of a HAR to the text of a flow. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planActions } from '../../src/har/plan-actions.ts'
import { type HarMessage, type HarSocket, readHar } from '../../src/har/read-har.ts'
import { writeFlow } from '../../src/har/write-flow.ts'

const OPTIONS = { maxThinkMs: 5000, expect: 'replies', keepSecrets: false } as const

function say(
  ...messages: readonly (readonly [from: 'c' | 's', data: unknown, atSec?: number])[]
): HarMessage[] {
  return messages.map(([from, data, atSec], index) => ({
    sent: from === 'c',
    atSec: atSec ?? index / 100,
    isBinary: false,
    data: typeof data === 'string' ? data : JSON.stringify(data),
  }))
}

function socketOf(messages: HarMessage[], url = 'wss://h.example/ws'): HarSocket {
  return { url, headers: [], startedAt: '', messages }
}

function flowOf(
  messages: HarMessage[],
  options: Partial<typeof OPTIONS> | object = {},
  url?: string,
): string {
  const script = planActions(messages, { ...OPTIONS, ...options })
  return writeFlow(socketOf(messages, url), script, 'x.har', false).text
}

/** Runs it with a client that writes down what it is asked for. */
async function perform(text: string, env: Record<string, string> = {}): Promise<unknown[]> {
  const code = text
    .replace(/^import .*$/gm, 'const randomUUID = () => crypto.randomUUID()')
    .replace('export default', 'return')
  const flow = new Function(code)() as (client: unknown, context: unknown) => Promise<void>
  const log: unknown[] = []
  const client = {
    send: (message: unknown) => log.push(['send', message]),
    expect: (what: unknown) => {
      log.push(['expect', what])
      return { get: (pointer: string) => `got ${pointer}` }
    },
    think: (ms: number) => log.push(['think', ms]),
    step: (_: string, body: () => unknown) => body(),
    close: () => log.push(['close']),
  }
  await flow(client, { client: 0, iteration: 0, env })
  return log
}

describe('a flow of a recording', () => {
  it('sends what was sent, and waits for what brings it back', async () => {
    const messages = say(
      ['c', { type: 'say', id: '123e4567-e89b-12d3-a456-426614174000', text: 'hello' }],
      ['s', { type: 'joined', name: 'bob' }],
      ['s', { type: 'said', id: '123e4567-e89b-12d3-a456-426614174000', at: '2026-01-01T00:00:00Z' }],
      ['c', 'plain text'],
      ['s', 'Echo: plain text'],
    )
    const log = await perform(flowOf(messages))
    const { id } = (log[0] as [string, { id: string }])[1]
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(id).not.toBe('123e4567-e89b-12d3-a456-426614174000')
    expect(log).toEqual([
      ['send', { type: 'say', id, text: 'hello' }],
      ['expect', { '/type': 'said', '/id': id }],
      ['send', 'plain text'],
      ['expect', 'Echo: plain text'],
      ['close'],
    ])
  })

  it('takes a value of the server from the message that brought it', async () => {
    const messages = say(
      ['s', { type: 'welcome', session: 'sess-0123456789ab' }],
      ['c', { type: 'go', session: 'sess-0123456789ab' }],
    )
    expect(await perform(flowOf(messages))).toEqual([
      ['expect', { '/type': 'welcome' }],
      ['send', { type: 'go', session: 'got /session' }],
      ['close'],
    ])
  })

  it.each([
    ['recorded', Number.MAX_SAFE_INTEGER, 3000],
    ['a most', 500, 500],
    ['none', 0, null],
  ])('thinks as long as %s', async (_, maxThinkMs, wanted) => {
    const messages = say(['c', 'one', 10], ['c', 'two', 13])
    const thoughts = (await perform(flowOf(messages, { maxThinkMs }))).filter(
      (entry) => (entry as string[])[0] === 'think',
    )
    expect(thoughts).toEqual(wanted === null ? [] : [['think', wanted]])
  })

  it('leaves names of others and of rooms alone, and makes times of day anew', async () => {
    const messages = say([
      'c',
      {
        type: 'x',
        to_user_id: '123e4567-e89b-12d3-a456-426614174000',
        room_id: 'room-0123456789',
        at: 1767225601500,
      },
    ])
    const [[, sent]] = (await perform(flowOf(messages))) as [[string, Record<string, unknown>]]
    expect(sent).toMatchObject({
      to_user_id: '123e4567-e89b-12d3-a456-426614174000',
      room_id: 'room-0123456789',
    })
    expect(sent.at).not.toBe(1767225601500)
  })

  it('has no secret in it: of keys, of signed tokens, of the address, of texts, nor where they come back', async () => {
    const jwt = 'eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl'
    const messages = say(
      ['c', { type: 'login', password: 'hunter2!', nested: { apiKey: 'key-of-mine' }, note: `see ${jwt}` }],
      ['s', { type: 'ok', echo: 'hunter2!', accessToken: 'given-by-server' }],
      ['c', 'LOGIN token=plain-secret'],
      ['s', 'ok LOGIN token=plain-secret'],
    )
    const url = 'wss://ann:pw123@h.example/ws?token=query-secret&v=2'
    const text = flowOf(messages, {}, url)
    for (const secret of [
      'hunter2!',
      'key-of-mine',
      jwt,
      'given-by-server',
      'plain-secret',
      'query-secret',
      'pw123',
    ])
      expect(text).not.toContain(secret)
    expect(text).toContain('ws?token={token}')
    const [[, login]] = (await perform(text, { PASSWORD: 'mine' })) as [[string, Record<string, unknown>]]
    expect(login.password).toBe('mine')
  })

  it('is a module that runs, whatever was recorded', async () => {
    const message = fc.tuple(
      fc.constantFrom('c' as const, 's' as const),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc.object().map((value) => JSON.stringify(value)),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 8 }), async (recorded) => {
        const log = await perform(flowOf(say(...recorded), { keepSecrets: true }), {})
        const sent = log.filter((entry) => (entry as string[])[0] === 'send')
        expect(sent).toHaveLength(recorded.filter(([from]) => from === 'c').length)
      }),
      { numRuns: 200 },
    )
  })

  it('sends texts exactly as they were recorded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const [first] = (await perform(flowOf(say(['c', text]), { keepSecrets: true }))) as [
          [string, unknown],
        ]
        const sent = typeof first[1] === 'string' ? first[1] : JSON.stringify(first[1])
        expect(sent.replace(/\s+/g, '')).toBe(text.replace(/\s+/g, ''))
      }),
    )
  })
})

describe('readHar refuses', () => {
  const entry = (messages: unknown, url = 'ws://h/') => ({
    request: { url, headers: [] },
    _webSocketMessages: messages,
  })
  it.each([
    ['no JSON', '{', 'is no HAR'],
    ['something else', '{"a":1}', 'is no HAR'],
    ['a list', '[]', 'is no HAR'],
    ['no WebSocket', { log: { entries: [{ request: { url: 'https://h/' } }] } }, 'has no WebSocket'],
    ['Firefox', { log: { entries: [{ request: { url: 'wss://h/' } }] } }, 'Firefox leaves them out'],
    ['nonsense', { log: { entries: [null, 7, { request: 7 }, entry('x', 'nowhere')] } }, 'has no WebSocket'],
    [
      'too many messages',
      { log: { entries: [entry(Array(5001).fill({ type: 'send', data: '' }))] } },
      'with 5001 messages, over 5000',
    ],
    [
      'a huge message',
      { log: { entries: [entry([{ type: 'send', data: 'x'.repeat(2 ** 20 + 1) }])] } },
      'more than 1 MiB',
    ],
  ])('%s', (_, har, problem) => {
    const parsed = readHar(Buffer.from(typeof har === 'string' ? har : JSON.stringify(har)))
    expect(parsed).toMatchObject({ ok: false, problem: expect.stringContaining(problem) })
  })

  it('never throws, whatever is in it', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        readHar(Buffer.from(JSON.stringify({ log: { entries: [value, entry(value)] } }) ?? ''))
      }),
    )
  })
})
