/** Texts with units to plain numbers. Nothing else in the program reads a unit; report/format.ts alone prints them. */
import parseMilliseconds from 'parse-duration'

/** What a parser says about one text: its value, or what is wrong with it in one clause. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string }

export interface RateRange {
  readonly fromPerSec: number
  readonly toPerSec: number
}

const SECOND_US = 1_000_000
const MAX_DURATION_US = 365 * 86_400 * SECOND_US
const MAX_RATE_PER_SEC = 1e9
const MAX_BYTES = 2 ** 30

const NUMBER = /^(?:\d+\.?\d*|\.\d+)$/
const DURATION = /^(?:(?:\d+\.?\d*|\.\d+)(?:us|µs|ms|s|m|min|h|d))+$/
const COUNT = /^(\d+\.?\d*|\.\d+)([km]?)$/i
const RATE = /^(\d+\.?\d*|\.\d+)([km]?)(?:\/(s|sec|m|min|h))?$/i
const BYTES = /^(\d+\.?\d*|\.\d+)\s*([a-z]*)$/i

const COUNT_FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6 }
const RATE_SECONDS: Readonly<Record<string, number>> = { s: 1, sec: 1, m: 60, min: 60, h: 3600 }
const BYTE_FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  kib: 1024,
  ki: 1024,
  m: 1e6,
  mb: 1e6,
  mib: 2 ** 20,
  mi: 2 ** 20,
  g: 1e9,
  gb: 1e9,
  gib: 2 ** 30,
  gi: 2 ** 30,
}

export function accept<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

export function reject(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem }
}

/** `30s`, `1h30m`, `250ms`, `1.5m`; a bare number is seconds. Integer µs, 0 to 365 days. */
export function parseDurationUs(text: string): Parsed<number> {
  const sign = checkSign(text)
  if (sign !== null) return sign
  const isBare = NUMBER.test(text)
  if (!isBare && !DURATION.test(text)) return reject('is not a length of time')
  const milliseconds = isBare ? Number(text) * 1e3 : (parseMilliseconds(text) ?? 0)
  const us = Math.round(milliseconds * 1e3)
  if (us > MAX_DURATION_US) return reject('is longer than 365 days')
  if (us === 0 && /[1-9]/.test(text)) return reject('is shorter than one microsecond')
  return accept(us)
}

/** `100`, `10k` (10,000), `1m` (1,000,000), `1.5k`. A whole number from 0. */
export function parseCount(text: string): Parsed<number> {
  const sign = checkSign(text)
  if (sign !== null) return sign
  const match = COUNT.exec(text)
  if (match === null) return reject('is not a whole number')
  const value = multiply(match[1], COUNT_FACTORS[(match[2] ?? '').toLowerCase()])
  if (!Number.isInteger(value)) return reject('is not a whole number')
  if (!Number.isSafeInteger(value)) return reject('is too large')
  return accept(value)
}

/** `1000`, `1k/s`, `60/m` (1 a second), or a ramp `100..1000/s`. Messages a second; the unit of the end is also that of a bare start. */
export function parseRate(text: string): Parsed<RateRange> {
  const sign = checkSign(text)
  if (sign !== null) return sign
  const parts = text.split('..')
  if (parts.length > 2) return reject('has more than one ".."; several stages are parted by commas')
  const end = RATE.exec((parts.at(-1) ?? '').trim())
  const start = RATE.exec((parts[0] ?? '').trim())
  if (end === null || start === null) return reject('is not a rate')
  const endUnit = (end[3] ?? 's').toLowerCase()
  const toPerSec = ratePerSec(end, endUnit)
  const fromPerSec = ratePerSec(start, (start[3] ?? endUnit).toLowerCase())
  if (Math.max(fromPerSec, toPerSec) > MAX_RATE_PER_SEC) return reject('is over 1,000,000,000 a second')
  return accept({ fromPerSec, toPerSec })
}

/** `32`, `32B`, `4kB` (4,000), `1KiB` (1,024), `1MB`, `16MiB`. Whole bytes, up to 1 GiB. */
export function parseBytes(text: string): Parsed<number> {
  const sign = checkSign(text)
  if (sign !== null) return sign
  const match = BYTES.exec(text)
  if (match === null) return reject('is not a size')
  const factor = BYTE_FACTORS[(match[2] ?? '').toLowerCase()]
  if (factor === undefined) return reject(`has an unknown unit "${match[2]}"`)
  const bytes = multiply(match[1], factor)
  if (!Number.isInteger(bytes)) return reject('is not a whole number of bytes')
  if (bytes > MAX_BYTES) return reject('is over 1 GiB')
  return accept(bytes)
}

function checkSign(text: string): { readonly ok: false; readonly problem: string } | null {
  if (text === '') return reject('is empty')
  return /^[-−]/.test(text) ? reject('is negative') : null
}

/** 1.1 × 1000 is 1100.0000000000002 in floating point; twelve digits are more than anyone writes. */
function multiply(digits: string | undefined, factor = 1): number {
  const product = Number(digits) * factor
  return Number.isInteger(product) ? product : Number(product.toPrecision(12))
}

function ratePerSec(match: RegExpExecArray, unit: string): number {
  return multiply(match[1], COUNT_FACTORS[(match[2] ?? '').toLowerCase()]) / (RATE_SECONDS[unit] ?? 1)
}
