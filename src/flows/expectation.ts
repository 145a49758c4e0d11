/** What a flow waits for, as a question to each message. */
import { isDeepStrictEqual } from 'node:util'
import { isJsonPointer } from '../plan/json-pointer.ts'
import type { Expected, FlowMessage } from './flow.ts'

export type Matches = (message: FlowMessage) => boolean

/** @throws TypeError when it is nothing that can be expected */
export function compileExpectation(expected: Expected | undefined): Matches {
  if (expected === undefined) return () => true
  if (typeof expected === 'string') return ({ text }) => text.includes(expected)
  if (typeof expected === 'function') return (message) => expected(message) === true
  if (expected instanceof RegExp) return ({ text }) => testPattern(expected, text)
  if (expected instanceof Uint8Array) return ({ bytes }) => Buffer.compare(bytes, expected) === 0
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) throw notExpectable()
  const parts = Object.entries(expected)
  if (parts.length === 0 || parts.some(([pointer]) => !isJsonPointer(pointer))) throw notExpectable()
  return (message) => parts.every(([pointer, value]) => holdsAt(message.get(pointer), value))
}

function holdsAt(found: unknown, wanted: unknown): boolean {
  if (typeof wanted === 'function') return (wanted as (value: unknown) => unknown)(found) === true
  if (wanted instanceof RegExp) return typeof found === 'string' && testPattern(wanted, found)
  return isDeepStrictEqual(found, wanted)
}

/** One with the flag g or y remembers where it was. */
function testPattern(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0
  return pattern.test(text)
}

function notExpectable(): TypeError {
  return new TypeError(
    "expect() takes a text, a regular expression, bytes, a function, or JSON pointers with values: { '/type': 'welcome' }",
  )
}

/** What was expected, in short, for messages. */
export function describeExpected(expected: Expected | undefined): string {
  if (expected === undefined) return 'a message'
  if (typeof expected === 'string') return JSON.stringify(expected)
  if (expected instanceof RegExp) return String(expected)
  if (typeof expected === 'function') return 'a message for which the function is true'
  return expected instanceof Uint8Array ? `${expected.length} bytes` : Object.keys(expected).join(', ')
}
