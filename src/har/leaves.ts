/** The single values of a JSON message, and what each looks like. */
import { escapePointerStep } from '../plan/json-pointer.ts'

export type Scalar = string | number | boolean | null

export interface Leaf {
  readonly pointer: string
  /** The last key on the way to it. */
  readonly key: string
  readonly value: Scalar
}

const DEEPEST = 32
const MOST = 1000

/** Undefined: the text is no JSON object or list, or writing it again would change it. */
export function parseMessage(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    // Numbers beyond what a double holds, and keys that are there twice.
    return squeeze(JSON.stringify(value)) === squeeze(text) ? value : undefined
  } catch {
    return undefined
  }
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '')
}

export function listLeaves(value: unknown, pointer = '', key = '', depth = 0): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ pointer, key, value: value as Scalar }]
  if (depth === DEEPEST) return []
  return Object.entries(value)
    .flatMap(([name, inner]) =>
      listLeaves(
        inner,
        `${pointer}/${escapePointerStep(name)}`,
        Array.isArray(value) ? key : name,
        depth + 1,
      ),
    )
    .slice(0, MOST)
}

/** Of a key whose value is not for a file. */
const SECRET_KEY =
  /pass(?:word|wd|phrase)?$|secret|token|api[-_]?key|^auth|authorization|cookie|session|jwt|credential|^pin$|otp/i
const JWT = /^eyJ[\w-]{8,}\.[\w-]+\.[\w-]*$/
const BEARER = /^(?:Bearer|Basic) \S+/i

export function isSecret({ key, value }: Pick<Leaf, 'key' | 'value'>): boolean {
  if (typeof value !== 'string' || value === '') return false
  return SECRET_KEY.test(key) || JWT.test(value) || BEARER.test(value)
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function isUuid(value: Scalar): boolean {
  return typeof value === 'string' && UUID.test(value)
}

/** A key under which a client puts a name of its own making, and not that of somebody or something else. */
const OWN_ID_KEY = /^(?:\w*[-_]?(?:id|uuid|guid|nonce|ref)|correlation\w*|request\w*)$/i
const OTHERS_ID_KEY = /^(?:to|from|user|room|channel|target|recipient|group|account|org|project|peer)/i

export function isOwnIdKey(key: string): boolean {
  return OWN_ID_KEY.test(key) && !OTHERS_ID_KEY.test(key)
}

const JWT_INSIDE = /eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g

/** Signed tokens that stand in a text. */
export function listJwts(text: string): string[] {
  return text.match(JWT_INSIDE) ?? []
}

/** Secrets that stand in a text which is no JSON. */
export function listTextSecrets(text: string): string[] {
  const named = text.matchAll(
    /(?:pass(?:word|wd)?|token|secret|api[-_]?key|auth)["']?\s*[=:]?\s*["']?([^\s"'&,;{}]{4,})/gi,
  )
  return [...listJwts(text), ...Array.from(named, ([, secret = '']) => secret)]
}

/** Made anew for each message: a UUID, or letters and digits mixed that nobody types. */
export function looksMade(value: Scalar): boolean {
  if (isUuid(value)) return true
  return typeof value === 'string' && /^[\w-]{12,}$/.test(value) && /\d/.test(value) && /[a-z]/i.test(value)
}

const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/
/** 2001 to 2065. */
const [FIRST_SEC, LAST_SEC] = [1e9, 3e9]

export type TimeForm = 'iso' | 'ms' | 'sec'

/** A value that is a time of day; null: it is none. */
export function timeForm(value: Scalar): TimeForm | null {
  if (typeof value === 'string') return ISO_DATE.test(value) ? 'iso' : null
  if (typeof value !== 'number') return null
  if (value >= FIRST_SEC * 1000 && value <= LAST_SEC * 1000) return 'ms'
  return value >= FIRST_SEC && value <= LAST_SEC && Number.isInteger(value) ? 'sec' : null
}

/** A key that says what kind of message it is. */
const KIND_KEY =
  /^(?:message_?type|msg_?type|type|event|action|op|kind|method|cmd|command|status|channel|topic)$/i

export function isKind({ key, value, pointer }: Leaf): boolean {
  const isShort = typeof value === 'string' ? value.length <= 64 : typeof value === 'number'
  return KIND_KEY.test(key) && isShort && pointer.split('/').length <= 3
}
