/** The YAML of a scenario file: its tree, and the line and column of everything in it. */
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml'
import type { Mistake } from '../errors.ts'
import { escapeControls } from './escape-controls.ts'
import { toCamel } from './option.ts'

const MAX_FILE_BYTES = 2 ** 20
/** Enough for shared blocks, too few for a file that unfolds into gigabytes. */
const MAX_ALIASES = 100
/** Words, marks, spaces and line ends: what the time to read a file depends on. A scenario of 100 lines has about 600. */
const MAX_PIECES = 20_000
/** Of one file, so that a broken one does not bury what is wrong with it. */
const MAX_MISTAKES = 20

export interface ScenarioFile {
  /** Texts, lists and maps with camelCase keys: no scalar is guessed to be a number, so `007` stays as it is. */
  readonly tree: unknown
  /** `storm.yaml:3:9 rate` for a path of keys and indexes. */
  readonly locate: (path: readonly PropertyKey[]) => string
  readonly mistakes: readonly Mistake[]
}

/** Reads the content of a scenario file; `name` is for messages. Takes bounded time and memory whatever is in it. */
export function readScenarioFile(name: string, content: Buffer): ScenarioFile {
  if (content.length > MAX_FILE_BYTES)
    return fail(name, `has ${content.length} bytes`, 'a file of up to 1 MiB')
  const text = decodeText(content)
  if (text === null) return fail(name, 'is not UTF-8 text', 'a YAML file in UTF-8')
  if (hasTooManyPieces(text)) {
    const accepted = `up to ${MAX_PIECES} words and marks; long lists have a place in files behind @`
    return fail(name, 'has too much in it', accepted)
  }
  try {
    return readText(name, text)
  } catch (error) {
    // The parser and what walks its tree call themselves for each level.
    if (error instanceof RangeError) return failNested(name)
    throw error
  }
}

function readText(name: string, text: string): ScenarioFile {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    schema: 'failsafe',
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
  })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${name}:${line}:${col}`
  }
  const locate = (path: readonly PropertyKey[]): string => {
    const label = path.map((step) => escapeControls(String(step))).join('.')
    return label === '' ? at(0) : `${at(findOffset(document, path))} ${label}`
  }
  const broken = [...document.errors, ...document.warnings]
  if (broken.some(({ message }) => message.startsWith('Maximum call stack size'))) return failNested(name)
  const problems = [
    ...broken.map(({ code, message, pos }) => ({ code, message, offset: pos[0] })),
    ...listLooseAliases(document),
  ]
  if (problems.length > 0) {
    const mistakes = problems
      .slice(0, MAX_MISTAKES)
      .map(({ code, message, offset }) => describe(at(offset), ...explain(code, message)))
    return { tree: {}, locate, mistakes }
  }
  try {
    const mistakes: Mistake[] = []
    const tree = camelKeys(document.toJS({ maxAliasCount: MAX_ALIASES }), [], locate, mistakes)
    return {
      tree: tree === '' || tree === null ? {} : tree,
      locate,
      mistakes: mistakes.slice(0, MAX_MISTAKES),
    }
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    return fail(name, 'uses too many aliases', `at most ${MAX_ALIASES} uses of anchors`)
  }
}

/** Null: no UTF-8. A byte order mark is left out. */
function decodeText(content: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return null
  }
}

function hasTooManyPieces(text: string): boolean {
  let pieces = 0
  for (const _ of new Lexer().lex(text)) if (++pieces > MAX_PIECES) return true
  return false
}

/** Uses of anchors that stand nowhere before them. */
function listLooseAliases(document: Document.Parsed): { code: 'LOOSE'; message: string; offset: number }[] {
  const known = new Set<string>()
  const found: { code: 'LOOSE'; message: string; offset: number }[] = []
  visit(document, {
    Node(_, node) {
      if ('anchor' in node && node.anchor !== undefined) known.add(node.anchor)
    },
    Alias(_, { source, range }) {
      const message = 'uses an anchor that nothing before it sets'
      if (!known.has(source)) found.push({ code: 'LOOSE', message, offset: range?.[0] ?? 0 })
    },
  })
  return found
}

/** Our words for the library's errors: problem, and what is accepted. */
function explain(code: string, message: string): [problem: string, accepted: string] {
  const accepted = 'YAML with each key once'
  if (code === 'DUPLICATE_KEY') return ['has the same key twice', accepted]
  // Not its name: a token may begin with *.
  if (code === 'LOOSE') return [message, accepted]
  if (code === 'MULTIPLE_DOCS')
    return ['is not valid YAML for a scenario: it begins a second document', 'one document a file']
  if (code === 'TAG_RESOLVE_FAILED')
    return ['is not valid YAML for a scenario: it has a tag', 'values without tags']
  // Some end in what stands there, which may be a secret, or a megabyte.
  return [`is not valid YAML: ${message.replace(/([a-z]): .*| sequence .*/s, '$1')}`, accepted]
}

function failNested(name: string): ScenarioFile {
  return fail(name, 'is nested too deeply, or contains itself', 'options, groups and their values')
}

function fail(name: string, problem: string, accepted: string): ScenarioFile {
  return { tree: {}, locate: () => name, mistakes: [describe(name, problem, accepted)] }
}

function describe(where: string, problem: string, accepted: string): Mistake {
  return { where, value: '', problem, accepted, example: 'connections: 100' }
}

/** Header names are data, so the keys under `header` and `headers` stay as they are. */
function camelKeys(
  node: unknown,
  path: readonly PropertyKey[],
  locate: (path: readonly PropertyKey[]) => string,
  mistakes: Mistake[],
): unknown {
  if (Array.isArray(node))
    return node.map((item, index) => camelKeys(item, [...path, index], locate, mistakes))
  if (typeof node !== 'object' || node === null) return node
  if (/^headers?$/.test(String(path.at(-1)))) return node
  const entries = new Map<string, unknown>()
  for (const [key, value] of Object.entries(node)) {
    const camel = toCamel(key)
    const inside = [...path, camel]
    if (entries.has(camel))
      mistakes.push(describe(locate(inside), `is there as ${camel} and ${key}`, 'each key once'))
    entries.set(camel, camelKeys(value, inside, locate, mistakes))
  }
  return Object.fromEntries(entries)
}

/** Where the key or item that `path` leads to begins; as far as it can be followed. */
function findOffset(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents
  let offset = 0
  for (const step of path) {
    if (isNode(node) && 'resolve' in node) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => isScalar(key) && (key.value === step || toCamel(String(key.value)) === step),
      )
      if (pair === undefined || !isPair(pair)) return offset
      offset = offsetOf(pair.key) ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(step)]
      offset = offsetOf(node) ?? offset
    } else {
      return offset
    }
  }
  return offset
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
