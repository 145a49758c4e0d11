/** The YAML of a scenario file: its tree, and the line and column of everything in it. */
import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Mistake } from '../errors.ts'
import { toCamel } from './option.ts'

const MAX_FILE_BYTES = 2 ** 20
/** Enough for shared blocks, too few for a file that unfolds into gigabytes. */
const MAX_ALIASES = 100

export interface ScenarioFile {
  /** Texts, lists and maps with camelCase keys: no scalar is guessed to be a number, so `007` stays as it is. */
  readonly tree: unknown
  /** `storm.yaml:3:9 rate` for a path of keys and indexes. */
  readonly locate: (path: readonly PropertyKey[]) => string
  readonly mistakes: readonly Mistake[]
}

/** Reads the content of a scenario file; `name` is for messages. */
export function readScenarioFile(name: string, content: Buffer): ScenarioFile {
  if (content.length > MAX_FILE_BYTES)
    return fail(name, `has ${content.length} bytes`, 'a file of up to 1 MiB')
  const lines = new LineCounter()
  const document = parseDocument(content.toString('utf8'), {
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
    const label = path.map(String).join('.')
    return label === '' ? at(0) : `${at(findOffset(document, path))} ${label}`
  }
  const broken = [...document.errors, ...document.warnings]
  if (broken.length > 0) {
    const mistakes = broken.map((error) => {
      const problem =
        error.code === 'DUPLICATE_KEY' ? 'has the same key twice' : `is not valid YAML: ${error.message}`
      return describe(at(error.pos[0]), problem, 'YAML with each key once')
    })
    return { tree: {}, locate, mistakes }
  }
  try {
    const mistakes: Mistake[] = []
    const tree = camelKeys(document.toJS({ maxAliasCount: MAX_ALIASES }), [], locate, mistakes)
    return { tree: tree === '' || tree === null ? {} : tree, locate, mistakes }
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    return fail(name, 'uses too many aliases', `at most ${MAX_ALIASES} uses of anchors`)
  }
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
