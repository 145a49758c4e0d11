/** What is wrong with the object that a user's dialect module exports. Its functions are tried once. */
import { inspect } from 'node:util'
import type { Mistake } from '../errors.ts'
import type { Dialect } from './dialect.ts'
import { describeError } from './guard-dialect.ts'

export type DialectMistake = Pick<Mistake, 'problem' | 'accepted' | 'example'>

interface Field {
  readonly accepted: string
  readonly example: string
  readonly required?: true
  test(value: unknown): boolean
}

const isFunction = (value: unknown): boolean => typeof value === 'function'
const oneOf =
  (...words: readonly string[]) =>
  (value: unknown): boolean =>
    words.includes(value as string)

const FIELDS: Readonly<Record<keyof Dialect, Field>> = {
  name: {
    required: true,
    accepted: 'a text of 1 to 40 letters, digits and - . _',
    example: "name: 'mine'",
    test: (value) => typeof value === 'string' && /^[\w.-]{1,40}$/.test(value),
  },
  audience: {
    required: true,
    accepted: "who gets a message: 'sender', 'everyone', 'room' or 'nobody'",
    example: "audience: 'sender'",
    test: oneOf('sender', 'everyone', 'room', 'nobody'),
  },
  description: {
    accepted: 'a text',
    example: "description: 'our chat server'",
    test: (value) => typeof value === 'string',
  },
  frames: {
    accepted: "'text', 'binary' or 'either'",
    example: "frames: 'text'",
    test: oneOf('text', 'binary', 'either'),
  },
  transport: {
    accepted: "'websocket' or 'event-stream'",
    example: "transport: 'event-stream'",
    test: oneOf('websocket', 'event-stream'),
  },
  push: {
    accepted: "{ everyUs, by }: microseconds (over 0) between two or null, and 'message' or 'ping'",
    example: "push: { everyUs: 1_000_000, by: 'message' }",
    test: isPushPromise,
  },
  write: {
    accepted: 'a function (content, context) that returns the message',
    example: 'write: (content) => JSON.stringify({ text: content })',
    test: isFunction,
  },
  opening: {
    accepted: 'a function (context) that returns a list of messages',
    example: "opening: ({ token }) => ['LOGIN ' + token]",
    test: isFunction,
  },
  classify: {
    accepted: "a function (text, client) that returns 'push', 'control' or 'noise'",
    example: "classify: (text) => (text === 'PONG' ? 'control' : 'noise')",
    test: isFunction,
  },
  tokenParameter: {
    accepted: 'the name of a query parameter',
    example: "tokenParameter: 'token'",
    test: (value) => typeof value === 'string' && /^[\w.~-]+$/.test(value),
  },
}

function isPushPromise(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { everyUs, by } = value as Record<string, unknown>
  const isInterval = everyUs === null || (Number.isSafeInteger(everyUs) && (everyUs as number) > 0)
  return isInterval && oneOf('message', 'ping')(by)
}

/** Every mistake at once; none: it is a Dialect. */
export function checkOwnDialect(given: unknown): DialectMistake[] {
  if (typeof given !== 'object' || given === null) {
    return [
      {
        problem: 'exports no dialect',
        accepted: 'an object as default export, or as export `dialect`',
        example: "export default { name: 'mine', audience: 'sender' }",
      },
    ]
  }
  const fields = given as Readonly<Record<string, unknown>>
  const mistakes: DialectMistake[] = []
  for (const name of Object.keys(fields)) {
    if (Object.hasOwn(FIELDS, name)) continue
    const accepted = Object.keys(FIELDS).join(', ')
    mistakes.push({ problem: `${name} is no field of a dialect`, accepted, example: "name: 'mine'" })
  }
  for (const [name, { required, accepted, example, test }] of Object.entries(FIELDS)) {
    const value = fields[name]
    if (value === undefined && required) mistakes.push({ problem: `${name} is missing`, accepted, example })
    if (value === undefined || test(value)) continue
    mistakes.push({ problem: `${name} is ${show(value)}`, accepted, example })
  }
  return mistakes.length > 0
    ? mistakes
    : [...checkTogether(given as Dialect), ...tryFunctions(given as Dialect)]
}

function checkTogether(dialect: Dialect): DialectMistake[] {
  if (dialect.transport !== 'event-stream') return []
  const listens =
    dialect.audience === 'nobody' &&
    dialect.opening === undefined &&
    dialect.write === undefined &&
    dialect.push?.by !== 'ping'
  if (listens) return []
  return [
    {
      problem: 'sends over an event stream, which only the server can',
      accepted: "audience 'nobody' without write, opening and pings",
      example: "audience: 'nobody', transport: 'event-stream', push: { everyUs: null, by: 'message' }",
    },
  ]
}

const CONTENT = 'c0000000s0000000000'
const LONGER = `${CONTENT}abcdefghij`
const CONTEXT = { room: 0, uuid: '00000000-0000-4000-8000-000000000000', unixSeconds: 1_700_000_000 }

/** One call each; `classify` may throw (guard-dialect.ts), but what it returns has to be a meaning. */
function tryFunctions(dialect: Dialect): DialectMistake[] {
  const problems: [keyof Dialect, string | null][] = [
    [
      'write',
      attempt(
        () => dialect.write && tryWrite(dialect.write(CONTENT, CONTEXT), dialect.write(LONGER, CONTEXT)),
      ),
    ],
    [
      'opening',
      attempt(() => dialect.opening && tryOpening(dialect.opening({ client: 0, room: 0, token: '' }))),
    ],
    ['classify', dialect.classify === undefined ? null : tryClassify(dialect)],
  ]
  return problems.flatMap(([name, problem]) => {
    const { accepted, example } = FIELDS[name]
    return problem === null ? [] : [{ problem: `${name} ${problem}`, accepted, example }]
  })
}

function attempt(run: () => string | null | undefined): string | null {
  try {
    return run() ?? null
  } catch (error) {
    return `throws: ${describeError(error)}`
  }
}

function tryWrite(short: unknown, long: unknown): string | null {
  if (!isMessage(short) || !isMessage(long)) return `returns ${show(short)}`
  const [bytes, more] = [Buffer.from(short as string), Buffer.from(long as string)]
  if (!more.includes(LONGER)) return 'does not keep the content as it is'
  return more.length - bytes.length === LONGER.length - CONTENT.length
    ? null
    : 'writes the content more than once, or not always the same around it'
}

function tryOpening(messages: unknown): string | null {
  if (!Array.isArray(messages)) return `returns ${show(messages)}`
  const wrong = messages.find((message) => !isMessage(message))
  return wrong === undefined && !messages.includes(undefined)
    ? null
    : `returns a list with ${show(wrong)} in it`
}

function tryClassify(dialect: Dialect): string | null {
  try {
    const meaning: unknown = dialect.classify?.('', 0)
    return oneOf('push', 'control', 'noise')(meaning) ? null : `returns ${show(meaning)}`
  } catch {
    return null
  }
}

function isMessage(value: unknown): boolean {
  return typeof value === 'string' || value instanceof Uint8Array
}

/** One line. */
function show(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY })
    .replaceAll('\n', ' ')
    .slice(0, 60)
}
