/** Finds the number of a user's own message in whatever the server makes of it: behind a prefix, in JSON, in a string in JSON. */
import { type Matcher, NOISE } from './dialect.ts'
import { fillTemplate, type TemplatePart } from './template.ts'

/** Bytes before the number that must be there too; more when `{client}` stands further away. */
const CONTEXT_BYTES = 24
const MAX_CONTEXT_BYTES = 256

/**
 * The matcher of one client's messages, or null when the number cannot be found again: there is no `{seq}`, or nothing
 * marks where its digits begin or end.
 */
export function createTemplateMatcher(
  parts: readonly TemplatePart[],
  encoding: 'utf8' | 'latin1',
  values: { readonly client: number; readonly token: string } = { client: 0, token: '' },
): Matcher | null {
  const at = parts.findIndex((part) => isPlaceholder(part, 'seq'))
  if (at === -1) return null
  const [left, right] = [parts[at - 1], parts[at + 1]]
  if ([left, right].some((part) => part !== undefined && 'placeholder' in part)) return null
  if (/\d$/.test(textOf(left)) || /^\d/.test(textOf(right))) return null

  const render = (some: readonly TemplatePart[]): Buffer => {
    const text = some.map((part) => ('text' in part ? part.text : `{${part.placeholder}}`)).join('')
    return Buffer.from(fillTemplate(text, { ...values, seq: 0 }), encoding)
  }
  const before = parts.slice(0, at)
  const next = parts.findIndex((part, index) => index > at && isPlaceholder(part, 'seq'))
  const after = parts.slice(at + 1, next === -1 ? parts.length : next)
  const clientBefore = before.findLastIndex((part) => isPlaceholder(part, 'client'))
  const clientAfter = after.findIndex((part) => isPlaceholder(part, 'client'))
  const needed = clientBefore === -1 ? 0 : render(before.slice(clientBefore)).length
  const ahead = clientBefore === -1 && clientAfter !== -1 ? render(after.slice(0, clientAfter + 1)) : null
  return new TemplateMatcher(
    render(before).subarray(-Math.min(MAX_CONTEXT_BYTES, Math.max(CONTEXT_BYTES, needed))),
    ahead ?? render(after),
    ahead !== null,
  )
}

function isPlaceholder(part: TemplatePart, name: string): boolean {
  return 'placeholder' in part && part.placeholder === name
}

function textOf(part: TemplatePart | undefined): string {
  return part !== undefined && 'text' in part ? part.text : ''
}

class TemplateMatcher implements Matcher {
  readonly #before: Buffer
  readonly #after: Buffer
  /** The client's number is in what follows, so all of it must be there, not only its first byte. */
  readonly #needsAfter: boolean
  /** Where the digits stood last. */
  #offset = 0
  /** Whose another message is cannot be told. */
  readonly sender = -1
  readonly seq = -1

  constructor(before: Buffer, after: Buffer, needsAfter: boolean) {
    this.#before = before
    this.#after = after
    this.#needsAfter = needsAfter
  }

  classify(data: Buffer, start: number, end: number): number {
    const hinted = this.#read(data, start, start + this.#offset, end)
    if (hinted !== NOISE) return hinted
    for (let at = start; at < end; at++) {
      const found = this.#read(data, start, at, end)
      if (found === NOISE) continue
      this.#offset = at - start
      return found
    }
    return NOISE
  }

  /** The number whose first digit is at `at`, when it stands where the template has it. */
  #read(data: Buffer, start: number, at: number, end: number): number {
    if (at >= end || !isDigit(data[at]!) || (at > start && isDigit(data[at - 1]!))) return NOISE
    let value = 0
    let stop = at
    while (stop < end && isDigit(data[stop]!) && value < 1e14) value = value * 10 + data[stop++]! - 48
    if (this.#before.length === 0 && this.#after.length === 0) return stop === end ? value : NOISE
    return this.#endsBefore(data, start, at) && this.#startsAfter(data, stop, end) ? value : NOISE
  }

  /** JSON in JSON has backslashes, and JSON written anew other spaces: both are passed over on both sides. */
  #endsBefore(data: Buffer, start: number, at: number): boolean {
    let mine = this.#before.length - 1
    let theirs = at - 1
    for (;;) {
      while (mine >= 0 && isFiller(this.#before[mine]!)) mine--
      if (mine < 0) break
      while (theirs >= start && isFiller(data[theirs]!)) theirs--
      if (theirs < start || data[theirs] !== this.#before[mine]) return false
      mine--
      theirs--
    }
    // Client 2's number must not be found in client 12's.
    return (
      this.#before.length === 0 || !isDigit(this.#before[0]!) || theirs < start || !isDigit(data[theirs]!)
    )
  }

  #startsAfter(data: Buffer, from: number, end: number): boolean {
    let theirs = from
    for (let mine = 0; mine < this.#after.length; mine++) {
      if (isFiller(this.#after[mine]!)) continue
      while (theirs < end && isFiller(data[theirs]!)) theirs++
      if (theirs === end) return !this.#needsAfter
      if (data[theirs] !== this.#after[mine]) return false
      if (!this.#needsAfter) return true
      theirs++
    }
    return !this.#needsAfter || theirs === end || !isDigit(data[theirs]!)
  }
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

function isFiller(byte: number): boolean {
  return byte === 0x5c || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
