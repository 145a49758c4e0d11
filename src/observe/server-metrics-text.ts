/** A page of metrics -> memory and CPU of the process that it is about: Prometheus text, or a small set of JSON. */

/** What a page said. Null: not on it. */
export interface ServerFigures {
  readonly rssBytes: number | null
  /** User and system time since the process began, µs. */
  readonly cpuUs: number | null
  /** CPU of late as the server itself takes it, per cent of one core; for pages without a CPU time. */
  readonly cpuPercent: number | null
  readonly cores: number | null
  /** Unix time of the process's start, s. */
  readonly startedAtSec: number | null
}

/** Not a page of metrics: `problem` is one clause, without anything of the page's text. */
export type ParsedMetrics =
  | { readonly ok: true; readonly figures: ServerFigures }
  | { readonly ok: false; readonly problem: string }

/** What is looked for, for messages. */
export const WANTED =
  'process_resident_memory_bytes and process_cpu_seconds_total (Prometheus), or rssBytes and cpuSeconds (JSON)'

/**
 * The names of client libraries, the first that a page has counts: official ones for Node, Go, Python, Rust, Java
 * (`process_…`), prometheus-net (`working_set`), OpenTelemetry (`dotnet_`, `jvm_`, `…_time_seconds`), Micrometer (`…_ns`,
 * `process_cpu_usage`). What a JVM says of its heap is not the process's memory, so it is not among them.
 */
const RSS_NAMES = [
  'process_resident_memory_bytes',
  'process_working_set_bytes',
  'dotnet_process_memory_working_set_bytes',
  'process_memory_usage_bytes',
]
const CPU_SECONDS_NAMES = [
  'process_cpu_seconds_total',
  'dotnet_process_cpu_time_seconds_total',
  'jvm_cpu_time_seconds_total',
  'process_cpu_time_seconds_total',
]
const CPU_HALVES_NAMES = ['process_cpu_user_seconds_total', 'process_cpu_system_seconds_total'] as const
const CPU_NANOSECONDS_NAME = 'process_cpu_time_ns_total'
/** 0 to 1 of all cores. */
const CPU_SHARE_NAMES = ['process_cpu_usage', 'jvm_cpu_recent_utilization_ratio']
const CORES_NAMES = [
  'system_cpu_count',
  'go_sched_gomaxprocs_threads',
  'jvm_cpu_count',
  'dotnet_process_cpu_count',
]
const START_NAME = 'process_start_time_seconds'

export const CORES_WANTED = 'system_cpu_count or go_sched_gomaxprocs_threads (Prometheus), or cores (JSON)'

const NAMES: ReadonlySet<string> = new Set([
  ...RSS_NAMES,
  ...CPU_SECONDS_NAMES,
  ...CPU_HALVES_NAMES,
  CPU_NANOSECONDS_NAME,
  ...CPU_SHARE_NAMES,
  ...CORES_NAMES,
  START_NAME,
])

/** Reads a page of metrics in one of the two formats. */
export function parseServerMetrics(text: string): ParsedMetrics {
  const tree = parseJson(text)
  const figures = tree === undefined ? readSamples(parseSamples(text)) : readJson(tree)
  const isAny = figures.rssBytes !== null || figures.cpuUs !== null || figures.cpuPercent !== null
  return isAny ? { ok: true, figures } : { ok: false, problem: `${describe(text, tree)} without ${WANTED}` }
}

/** Name, then labels in braces, where quotes may hold anything, then a value; a timestamp or an exemplar may follow. */
const SAMPLE =
  /^([A-Za-z_:][\w:]*)(?:[ \t]*\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}[ \t]*|[ \t]+)([-+.\dNI][^\s{}"#]*)/
const LONGEST_LINE = 16_384

interface Sum {
  /** Over all labels; a page may be about several processes. */
  total: number
  greatest: number
}

/**
 * The samples with one of our names, over all labels. A prefix that a program puts before all its names
 * (`shop_process_cpu_seconds_total`) is left out when all have the same; a plain name comes before it.
 */
function parseSamples(text: string): ReadonlyMap<string, Sum> {
  const byPrefix = new Map<string, Map<string, Sum>>()
  for (const line of text.split('\n')) {
    if (line.startsWith('#') || line.length > LONGEST_LINE) continue
    const [, full = '', written = ''] = SAMPLE.exec(line) ?? []
    const [prefix, name] = splitName(full)
    const value = Number(written)
    if (name === null || !Number.isFinite(value) || value < 0) continue
    const sums = byPrefix.get(prefix) ?? new Map<string, Sum>()
    byPrefix.set(prefix, sums)
    const before = sums.get(name)
    sums.set(name, {
      total: (before?.total ?? 0) + value,
      greatest: Math.max(before?.greatest ?? 0, value),
    })
  }
  const plain = byPrefix.get('') ?? new Map<string, Sum>()
  const [only, ...others] = [...byPrefix].flatMap(([prefix, sums]) => (prefix === '' ? [] : [sums]))
  return only === undefined || others.length > 0 ? plain : new Map([...only, ...plain])
}

function splitName(full: string): [prefix: string, name: string | null] {
  if (NAMES.has(full)) return ['', full]
  // The nearest to the front that makes a name: `a_process_cpu_seconds_total`.
  for (let at = full.indexOf('_'); at >= 0; at = full.indexOf('_', at + 1)) {
    if (NAMES.has(full.slice(at + 1))) return [full.slice(0, at + 1), full.slice(at + 1)]
  }
  return ['', null]
}

function readSamples(samples: ReadonlyMap<string, Sum>): ServerFigures {
  const first = (names: readonly string[]): Sum | undefined => {
    const found = names.find((name) => samples.has(name))
    return found === undefined ? undefined : samples.get(found)
  }
  const halves = CPU_HALVES_NAMES.map((name) => samples.get(name)?.total ?? null)
  const [user = null, system = null] = halves
  const seconds = first(CPU_SECONDS_NAMES)?.total ?? (user === null || system === null ? null : user + system)
  const nanoseconds = samples.get(CPU_NANOSECONDS_NAME)?.total ?? null
  const share = first(CPU_SHARE_NAMES)?.total ?? null
  // Several processes on one machine each count the same cores.
  const cores = positive(first(CORES_NAMES)?.greatest)
  return {
    rssBytes: positive(first(RSS_NAMES)?.total),
    cpuUs: seconds === null ? (nanoseconds === null ? null : nanoseconds / 1e3) : seconds * 1e6,
    cpuPercent: share === null || cores === null ? null : share * cores * 100,
    cores,
    startedAtSec: samples.get(START_NAME)?.total ?? null,
  }
}

/** `{ rssBytes, cpuSeconds | cpuPercent, cores }`, or what Node tells: `{ memory: { rss }, cpu: { user, system } }` in µs. */
function readJson(tree: unknown): ServerFigures {
  const user = numberAt(tree, 'cpu', 'user')
  const system = numberAt(tree, 'cpu', 'system')
  const seconds = numberAt(tree, 'cpuSeconds')
  const ownUs = user === null || system === null ? null : user + system
  return {
    rssBytes: positive(numberAt(tree, 'rssBytes') ?? numberAt(tree, 'memory', 'rss')),
    cpuUs: seconds === null ? ownUs : seconds * 1e6,
    cpuPercent: numberAt(tree, 'cpuPercent'),
    cores: positive(numberAt(tree, 'cores')),
    startedAtSec: null,
  }
}

function numberAt(tree: unknown, ...path: readonly string[]): number | null {
  let at = tree
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return null
    at = (at as Record<string, unknown>)[key]
  }
  return typeof at === 'number' && Number.isFinite(at) && at >= 0 ? at : null
}

function positive(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && value > 0 ? value : null
}

/** Undefined: not JSON. */
function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function describe(text: string, tree: unknown): string {
  if (text.trim() === '') return 'an empty page'
  if (tree !== undefined) return 'JSON'
  if (/^\s*</.test(text)) return 'HTML or XML'
  if (text.includes('\u0000') || text.includes('\ufffd')) return 'binary data'
  return text.split('\n').some((line) => SAMPLE.test(line)) ? 'a text of other metrics' : 'text'
}
