import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { CONTROL, NOISE, OTHERS } from '../../src/dialects/dialect.ts'
import { isDialectPath, loadDialect, resolveDialectPath } from '../../src/dialects/load-dialect.ts'
import { createMarkMatcher, layOut } from '../../src/dialects/mark.ts'
import { findDialect } from '../../src/dialects/registry.ts'
import { RunError, UsageError } from '../../src/errors.ts'

const EXAMPLE = fileURLToPath(new URL('own-dialect.example.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'stress-dialect-'))
afterAll(() => rmSync(folder, { recursive: true }))

let written = 0
/** A module file with that source. */
function writeModule(source: string): string {
  const path = join(folder, `dialect-${written++}.mjs`)
  writeFileSync(path, source)
  return path
}

/** `problem; accepted` of each mistake in a module whose default export is that. */
async function mistakesOf(source: string): Promise<string[]> {
  const path = writeModule(source)
  const error: unknown = await loadDialect(path).catch((thrown: unknown) => thrown)
  if (!(error instanceof UsageError)) return []
  for (const { where, value, example } of error.mistakes) {
    expect([where, value]).toEqual(['--dialect', path])
    expect(example).not.toBe('')
  }
  expect(findDialect(path)).toBeUndefined()
  return error.mistakes.map(({ problem }) => problem)
}

describe('the worked example', () => {
  it('speaks to its server: opening, message, what comes back', async () => {
    const dialect = await loadDialect(EXAMPLE)
    expect(findDialect(EXAMPLE)).toBe(dialect)
    expect([dialect.name, dialect.audience, dialect.frames]).toEqual(['say', 'room', 'text'])
    expect(dialect.opening!({ client: 4, room: 2, token: '' })).toEqual(['NICK user4', 'ENTER room2'])

    const { bytes, clientAt, seqAt } = layOut(dialect, 60, { room: 2, unixSeconds: 0 })
    expect(bytes).toHaveLength(60)
    bytes.write('0000004', clientAt[0]!)
    bytes.write('0000000033', seqAt[0]!)
    const sent = bytes.toString()
    expect(sent).toMatch(/^SAY room2 c0000004s0000000033[a-z]+$/)

    const matcher = createMarkMatcher(dialect)
    const classify = (text: string, client: number): number =>
      matcher.classify(Buffer.from(text), 0, Buffer.byteLength(text), client)
    const delivered = sent.replace('SAY room2', '<user4>')
    expect(classify(delivered, 4)).toBe(33)
    expect(classify(delivered, 5)).toBe(OTHERS)
    expect(['* user5 entered', 'PONG', 'what?'].map((text) => classify(text, 4))).toEqual([
      CONTROL,
      CONTROL,
      NOISE,
    ])
  })
})

describe('loadDialect', () => {
  it('takes an export called dialect, a relative path and a file URL', async () => {
    const path = writeModule("export const dialect = { name: 'mine', audience: 'sender' }")
    expect((await loadDialect(relative(process.cwd(), path))).name).toBe('mine')
    expect(findDialect(path)).toEqual({ name: 'mine', audience: 'sender' })
    expect(await loadDialect(pathToFileURL(path).href)).toEqual({ name: 'mine', audience: 'sender' })
  })

  it('keeps every field, and calls functions on the object that was exported', async () => {
    const path = writeModule(`export default new (class {
      name = 'mine'; audience = 'nobody'; description = 'ours'; frames = 'either'; transport = 'websocket'
      push = { everyUs: null, by: 'ping' }; tokenParameter = 'jwt'
      write(content) { return Buffer.from(this.name + content) }
      opening({ client }) { return [this.name, new Uint8Array([client])] }
      classify(text) { return text === this.name ? 'push' : 'noise' }
    })()`)
    const dialect = await loadDialect(path)
    expect(dialect).toMatchObject({
      name: 'mine',
      audience: 'nobody',
      description: 'ours',
      frames: 'either',
      transport: 'websocket',
      push: { everyUs: null, by: 'ping' },
      tokenParameter: 'jwt',
    })
    expect(String(dialect.write!('x', { room: 0, uuid: '', unixSeconds: 0 }))).toBe('minex')
    expect(dialect.opening!({ client: 7, room: 0, token: '' })).toEqual(['mine', new Uint8Array([7])])
    expect(dialect.classify!('mine', 0)).toBe('push')
  })

  it('takes a frame at which classify throws for noise', async () => {
    const path = writeModule(`export default { name: 'mine', audience: 'sender',
      classify: (text) => (JSON.parse(text).type === 'pong' ? 'control' : 'noise') }`)
    const { classify } = await loadDialect(path)
    expect(['{"type":"pong"}', 'oops', 'null'].map((text) => classify!(text, 0))).toEqual([
      'control',
      'noise',
      'noise',
    ])
  })

  it('ends the run, naming the function, when there is no message to send', async () => {
    const path = writeModule(`export default { name: 'mine', audience: 'sender',
      write(content, { room }) { if (room > 2) throw new Error('no such room\\nat x'); return content },
      opening({ client }) { if (client > 2) throw 'too many'; return [] } }`)
    const { write, opening } = await loadDialect(path)
    expect(() => write!('x', { room: 3, uuid: '', unixSeconds: 0 })).toThrow(
      new RunError('write() of the dialect mine failed: no such room'),
    )
    expect(() => opening!({ client: 3, room: 0, token: '' })).toThrow(
      new RunError('opening() of the dialect mine failed: too many'),
    )
  })

  it('says where the module was named', async () => {
    const loading = loadDialect('./no-such-file.mjs', 'STRESS_DIALECT')
    await expect(loading).rejects.toThrow(
      /^STRESS_DIALECT '.\/no-such-file.mjs': cannot be loaded: [^;]*no-such-file.mjs'?[^;]*; accepted: /,
    )
  })
})

describe('a module is refused', () => {
  const cases: [what: string, source: string, problems: (string | RegExp)[]][] = [
    ['that does not parse', 'export default {', [/^cannot be loaded: /]],
    ['that throws', "throw new Error('not today\\nat all')", ['cannot be loaded: not today']],
    ['without exports', 'export const x = 1', ['exports no dialect']],
    ['with another thing', 'export default () => {}', ['exports no dialect']],
    ['with null', 'export default null', ['exports no dialect']],
    ['that is empty', 'export default {}', ['name is missing', 'audience is missing']],
    [
      'with every field wrong, all at once',
      `export default { name: 'a b', audience: 'all', description: 1, frames: 'utf8', transport: 'sse',
        push: { everyUs: 0, by: 'message' }, write: 'x', opening: [], classify: Promise.resolve(), tokenParameter: '?',
        clasify: 1 }`,
      [
        'clasify is no field of a dialect',
        "name is 'a b'",
        "audience is 'all'",
        'description is 1',
        "frames is 'utf8'",
        "transport is 'sse'",
        "push is { everyUs: 0, by: 'message' }",
        "write is 'x'",
        'opening is []',
        'classify is Promise { undefined }',
        "tokenParameter is '?'",
      ],
    ],
    ['whose push is no promise', "export default { ...OK, push: { everyUs: 1.5, by: 'message' } }", [/push/]],
    ['whose push comes otherwise', "export default { ...OK, push: { everyUs: 1, by: 'pong' } }", [/push/]],
    [
      'whose write leaves the content out',
      "export default { ...OK, write: () => 'hi' }",
      ['write does not keep the content as it is'],
    ],
    [
      'whose write changes the content',
      'export default { ...OK, write: (content) => content.toUpperCase() }',
      ['write does not keep the content as it is'],
    ],
    [
      'whose write cuts the content',
      'export default { ...OK, write: (content) => content.slice(0, 20) }',
      ['write does not keep the content as it is'],
    ],
    [
      'whose write repeats the content',
      'export default { ...OK, write: (content) => content + content }',
      ['write writes the content more than once, or not always the same around it'],
    ],
    [
      'whose write is not always the same',
      "let n = 0; export default { ...OK, write: (content) => 'x'.repeat(n++) + content }",
      ['write writes the content more than once, or not always the same around it'],
    ],
    [
      'whose write gives an object',
      'export default { ...OK, write: (content) => ({ content }) }',
      ["write returns { content: 'c0000000s0000000000' }"],
    ],
    [
      'whose write is async',
      'export default { ...OK, write: async (content) => content }',
      ["write returns Promise { 'c0000000s0000000000' }"],
    ],
    [
      'whose write throws',
      "export default { ...OK, write() { throw new TypeError('x is not y') } }",
      ['write throws: x is not y'],
    ],
    [
      'whose opening gives one text',
      "export default { ...OK, opening: () => 'hello' }",
      ["opening returns 'hello'"],
    ],
    [
      'whose opening gives objects',
      "export default { ...OK, opening: () => ['hello', {}] }",
      ['opening returns a list with {} in it'],
    ],
    [
      'whose opening gives nothing in a list',
      'export default { ...OK, opening: () => [undefined] }',
      ['opening returns a list with undefined in it'],
    ],
    [
      'whose classify has no meaning',
      'export default { ...OK, classify: () => undefined }',
      ['classify returns undefined'],
    ],
    [
      'whose classify is async',
      "export default { ...OK, classify: async () => 'noise' }",
      ["classify returns Promise { 'noise' }"],
    ],
    [
      'that sends over an event stream',
      "export default { ...OK, transport: 'event-stream' }",
      ['sends over an event stream, which only the server can'],
    ],
    [
      'that opens an event stream with a message',
      "export default { ...OK, audience: 'nobody', transport: 'event-stream', opening: () => [] }",
      ['sends over an event stream, which only the server can'],
    ],
  ]
  it.each(cases)('%s', async (_, source, problems) => {
    const found = await mistakesOf(`const OK = { name: 'ok', audience: 'sender' }\n${source}`)
    expect(found).toEqual(
      problems.map((problem) => (typeof problem === 'string' ? problem : expect.stringMatching(problem))),
    )
  })

  it('but not when nothing is wrong', async () => {
    expect(await mistakesOf("export default { name: 'ok', audience: 'sender', write: undefined }")).toEqual(
      [],
    )
  })
})

describe('isDialectPath', () => {
  it.each(['./mine', '../mine.mjs', '/abs/mine', 'file:///x.mjs', 'mine.mjs', 'a/b.js', 'mine.cjs'])(
    '%s',
    (text) => {
      expect(isDialectPath(text)).toBe(true)
    },
  )
  it.each(['echo', 'chat-json', 'mine.ts', 'js', '.', '', 'file', '...'])('not %s', (text) => {
    expect(isDialectPath(text)).toBe(false)
  })
})

describe('resolveDialectPath', () => {
  it.each([
    ['./mine.mjs', '/a/b', '/a/b/mine.mjs'],
    ['../mine.mjs', '/a/b', '/a/mine.mjs'],
    ['/c/mine.mjs', '/a/b', '/c/mine.mjs'],
    ['file:///c/my%20own.mjs', '/a/b', '/c/my own.mjs'],
    ['mine.mjs', '', join(process.cwd(), 'mine.mjs')],
    ['file://host/mine.mjs', '/a', '/a/file:/host/mine.mjs'],
  ])('%s from %s', (text, from, path) => {
    expect(resolveDialectPath(text, from)).toBe(path)
  })
})
