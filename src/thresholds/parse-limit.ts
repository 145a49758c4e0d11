import { parseBytes, parseDurationUs, parseRate } from '../plan/units.ts'

export type Limit =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly problem: string; readonly accepted: string }

const NUMBER = /^(?:\d+\.?\d*|\.\d+)$/

/** The right-hand side of a threshold in the unit of its left-hand side: µs, bytes, 0..1, per cent or a plain number. */
export function parseLimit(text: string, unit: string): Limit {
  if (text === '') return { ok: false, problem: 'is missing', accepted: ACCEPTED[unit] ?? ACCEPTED.count! }
  const value = read(text, unit)
  return typeof value === 'number'
    ? { ok: true, value }
    : { ok: false, problem: value, accepted: ACCEPTED[unit] ?? ACCEPTED.count! }
}

const ACCEPTED: Readonly<Record<string, string>> = {
  us: 'a time with its unit: us, ms, s or m',
  bytes: 'a size: B, kB, MB, GB, KiB, MiB or GiB',
  ratio: 'a share of 0 to 1, or per cent',
  percent: 'per cent',
  count: 'a number from 0; k and m are thousands and millions',
  'per second': 'a number a second; k and m are thousands and millions',
}

/** The value, or what is wrong with the text in one clause. */
function read(text: string, unit: string): number | string {
  if (/^[-−]/.test(text)) return 'is negative'
  if (unit === 'us') return readDuration(text)
  if (unit === 'bytes') return readBytes(text)
  if (unit === 'ratio') return readRatio(text)
  if (unit === 'percent') return readNumber(text.replace(/\s*%$/, ''))
  const rate = parseRate(text)
  if (!rate.ok) return 'is not a number'
  const withUnit = text.includes('/')
  if (text.includes('..') || (withUnit && unit === 'count')) return 'is not a plain number'
  return rate.value.toPerSec
}

function readDuration(text: string): number | string {
  if (NUMBER.test(text) && Number(text) !== 0) return 'has no unit'
  const us = parseDurationUs(text.replaceAll(' ', ''))
  return us.ok ? us.value : us.problem
}

/** The factor comes from plan/units, whose own upper limit is for payloads and would be too small for memory. */
function readBytes(text: string): number | string {
  const match = /^([\d.]+)\s*([a-z]*)(?:\/s)?$/i.exec(text)
  if (match === null || !NUMBER.test(match[1]!)) return 'is not a size'
  const factor = parseBytes(`1${match[2]}`)
  return factor.ok ? Math.round(Number(match[1]) * factor.value) : factor.problem
}

function readRatio(text: string): number | string {
  const percent = /^(.*?)\s*%$/.exec(text)
  const value = readNumber(percent?.[1] ?? text)
  if (typeof value === 'string') return value
  const ratio = percent === null ? value : Number((value / 100).toPrecision(12))
  return ratio <= 1 ? ratio : `is over 100 %${percent === null ? `; ${text} % is written '${text}%'` : ''}`
}

function readNumber(text: string): number | string {
  return NUMBER.test(text) ? Number(text) : 'is not a number'
}
