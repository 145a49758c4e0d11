/** What a recorded conversation becomes: sends with their think times, and waiting for what answered them. */

import {
  isKind,
  isOwnIdKey,
  isSecret,
  isUuid,
  type Leaf,
  listJwts,
  listLeaves,
  listTextSecrets,
  looksMade,
  parseMessage,
  type Scalar,
  timeForm,
} from './leaves.ts'
import type { HarMessage } from './read-har.ts'

export interface ActionOptions {
  /** Longest think time, ms; 0: none. */
  readonly maxThinkMs: number
  /** `replies`: what answers something that was sent; `all`: everything that came. */
  readonly expect: 'replies' | 'all' | 'none'
  readonly keepSecrets: boolean
}

/** What stands in place of a recorded value. */
export type Substitute =
  | { readonly kind: 'made'; readonly name: string; readonly isUuid: boolean }
  /** From an earlier message. */
  | { readonly kind: 'found'; readonly name: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'time'; readonly form: 'iso' | 'ms' | 'sec' }

export type Action =
  | { readonly kind: 'think'; readonly ms: number }
  | {
      readonly kind: 'send'
      readonly message: HarMessage
      readonly json: object | undefined
      readonly step: string
    }
  | {
      readonly kind: 'expect'
      readonly message: HarMessage
      /** JSON: what stands where; null: the text itself. */
      readonly at: readonly Leaf[] | null
      /** Variables that it gives, by their pointer. */
      readonly gives: readonly { readonly name: string; readonly pointer: string }[]
    }
  /** Came, and is not waited for. */
  | {
      readonly kind: 'unasked'
      readonly message: HarMessage
      readonly what: string
      readonly field: Leaf | null
      count: number
    }

export interface Script {
  readonly actions: readonly Action[]
  readonly substitutes: ReadonlyMap<Scalar, Substitute>
}

/** Under this a gap is the browser's own. */
const LEAST_THINK_MS = 20
/** What is shorter is in many messages by chance. */
const LEAST_LINK = 4

export function planActions(messages: readonly HarMessage[], options: ActionOptions): Script {
  const parsed = messages.map((message) => {
    const json = message.isBinary ? undefined : parseMessage(message.data)
    return { message, json, leaves: json === undefined ? [] : listLeaves(json) }
  })
  const substitutes = new Map<Scalar, Substitute>()
  /** Where a value from the server came first: index of its message, and its pointer. */
  const origins = new Map<Scalar, { index: number; pointer: string }>()
  const gives = new Map<number, { name: string; pointer: string }[]>()
  const counts = { id: 0, found: 0 }
  const sentValues = new Set<Scalar>()
  const envNames = new Map<string, Scalar>()

  for (const [index, { message, leaves }] of parsed.entries()) {
    for (const leaf of leaves) {
      const { value, pointer } = leaf
      if (!message.sent) {
        if (!sentValues.has(value) && !origins.has(value) && (looksMade(value) || isSecret(leaf)))
          origins.set(value, { index, pointer })
        continue
      }
      sentValues.add(value)
      if (substitutes.has(value)) continue
      const origin = origins.get(value)
      const form = timeForm(value)
      if (origin !== undefined) {
        const name = `found${++counts.found}`
        substitutes.set(value, { kind: 'found', name })
        gives.set(origin.index, [...(gives.get(origin.index) ?? []), { name, pointer: origin.pointer }])
      } else if (isSecret(leaf)) {
        if (!options.keepSecrets) substitutes.set(value, { kind: 'env', name: envNameOf(leaf, envNames) })
      } else if (form !== null) {
        substitutes.set(value, { kind: 'time', form })
      } else if (looksMade(value) && isOwnIdKey(leaf.key)) {
        substitutes.set(value, { kind: 'made', name: `id${++counts.id}`, isUuid: isUuid(value) })
      }
    }
    if (options.keepSecrets || !message.sent || message.isBinary) continue
    const texts = leaves.length === 0 ? [message.data] : leaves.map(({ value }) => String(value))
    for (const secret of texts.flatMap(leaves.length === 0 ? listTextSecrets : listJwts)) {
      if (substitutes.has(secret)) continue
      substitutes.set(secret, { kind: 'env', name: envNameOf({ key: 'secret', value: secret }, envNames) })
    }
  }

  const actions: Action[] = []
  const sent: { leaves: readonly Leaf[]; data: string }[] = []
  let lastSec: number | null = null
  for (const [index, { message, json, leaves }] of parsed.entries()) {
    if (message.sent) {
      const gapMs = lastSec === null || message.atSec === null ? 0 : (message.atSec - lastSec) * 1000
      const ms = Math.min(options.maxThinkMs, Math.round(gapMs))
      if (ms >= LEAST_THINK_MS) actions.push({ kind: 'think', ms })
      actions.push({ kind: 'send', message, json, step: stepName(leaves, sent.length) })
      sent.push({ leaves, data: message.data })
      lastSec = message.atSec ?? lastSec
      continue
    }
    const given = gives.get(index) ?? []
    const at = json === undefined ? null : chooseFields(leaves, sent)
    const answers =
      json === undefined ? sent.some(({ data }) => isEcho(message, data)) : hasLink(at ?? [], leaves, sent)
    const wanted = options.expect === 'all' || (options.expect === 'replies' && answers)
    if ((wanted && (at === null || at.length > 0)) || given.length > 0) {
      actions.push({ kind: 'expect', message, at, gives: given })
      lastSec = message.atSec ?? lastSec
    } else {
      addUnasked(actions, message, leaves)
    }
  }
  return { actions, substitutes }
}

/** What says which message it is: its kind, and values of ours that it brings back. */
function chooseFields(leaves: readonly Leaf[], sent: readonly { leaves: readonly Leaf[] }[]): Leaf[] {
  const fields = leaves.filter((leaf) => !isSecret(leaf) && timeForm(leaf.value) === null)
  const kinds = fields.filter(isKind)
  const links = fields.filter((leaf) => !isKind(leaf) && isLink(leaf.value) && bringsBack(leaf, sent))
  // One that was made for a message says it all.
  const made = links.filter(({ value }) => looksMade(value))
  return [...kinds, ...(made.length > 0 ? made : links)].slice(0, 6)
}

function hasLink(
  at: readonly Leaf[],
  leaves: readonly Leaf[],
  sent: readonly { leaves: readonly Leaf[] }[],
): boolean {
  return (
    at.some((leaf) => !isKind(leaf)) ||
    leaves.some((leaf) => !isKind(leaf) && looksMade(leaf.value) && bringsBack(leaf, sent))
  )
}

function isLink(value: Scalar): boolean {
  return typeof value === 'string' ? value.length >= LEAST_LINK : typeof value === 'number'
}

function bringsBack({ value, key }: Leaf, sent: readonly { leaves: readonly Leaf[] }[]): boolean {
  // A number alone is in many places: there it has to be the same key.
  return sent.some(({ leaves }) =>
    leaves.some(
      (one) => one.value === value && !isKind(one) && (typeof value === 'string' || one.key === key),
    ),
  )
}

function isEcho(message: HarMessage, data: string): boolean {
  return (
    message.data === data || (!message.isBinary && data.length >= LEAST_LINK && message.data.includes(data))
  )
}

function stepName(leaves: readonly Leaf[], index: number): string {
  const kind = leaves.find(isKind)?.value
  const name =
    typeof kind === 'string'
      ? kind
          .replace(/[^\w.-]+/g, '-')
          .replace(/^[.-]+/, '')
          .slice(0, 40)
      : ''
  return name === '' ? `message-${Math.min(index + 1, 25)}` : name
}

/** `password` → `PASSWORD`; two that differ have names of their own. */
function envNameOf({ key, value }: Pick<Leaf, 'key' | 'value'>, known: Map<string, Scalar>): string {
  const base = key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/\W+/g, '_')
    .replace(/^(?=\d|$)/, 'SECRET_')
    .toUpperCase()
  let name = base
  for (let n = 2; known.has(name) && known.get(name) !== value; n++) name = `${base}_${n}`
  known.set(name, value)
  return name
}

/** Several alike in a row are one line of comment. */
function addUnasked(actions: Action[], message: HarMessage, leaves: readonly Leaf[]): void {
  const kind = leaves.find(isKind)
  const what = message.isBinary
    ? 'bytes'
    : kind === undefined
      ? 'a message'
      : `${kind.key} ${String(kind.value)}`
  const last = actions.at(-1)
  if (last?.kind === 'unasked' && last.what === what) last.count++
  else actions.push({ kind: 'unasked', message, what, field: kind ?? null, count: 1 })
}
