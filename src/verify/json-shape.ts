/** Reads messages that should be JSON objects. */
import { type Arrival, describeArrivals } from './arrival.ts'
import { Mismatch } from './check.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** The object that a text message is. Null: it is none. */
export function readObject(arrival: Arrival): JsonObject | null {
  if (arrival.kind !== 'text') return null
  try {
    const value: unknown = JSON.parse(arrival.text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @throws Mismatch unless the message has exactly these values, whatever the order of its keys */
export function expectObject(wanted: JsonObject, arrival: Arrival): void {
  const object = readObject(arrival) ?? {}
  const isSame =
    Object.keys(object).length === Object.keys(wanted).length &&
    Object.entries(wanted).every(([key, value]) => object[key] === value)
  if (!isSame) throw new Mismatch(`text ${JSON.stringify(wanted)}`, describeArrivals([arrival]))
}
