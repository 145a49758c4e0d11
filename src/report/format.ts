/** All printing of numbers and units. Pure; the one counterpart of plan/units.ts. */
import type { PercentileMark } from '../result/run-result.ts'

/** Stands for what was not measured, has too few samples or does not apply. */
export const NONE = '–'

/** A measured time: `36 µs`, `4.1 ms`, `165 ms`, `1.20 s`, `12.3 s`, `2 min 5 s`; null is `–`. */
export function formatDurationUs(us: number | null): string {
  if (us === null) return NONE
  // The limits are where the rounded text would gain a digit, so that 999,950 µs is `1.00 s` and not `1000 ms`.
  if (us < 999.5) return `${Math.round(us)} µs`
  if (us < 99_950) return `${(us / 1e3).toFixed(1)} ms`
  if (us < 999_500) return `${Math.round(us / 1e3)} ms`
  if (us < 9_995_000) return `${(us / 1e6).toFixed(2)} s`
  if (us < 59_950_000) return `${(us / 1e6).toFixed(1)} s`
  return formatSpanUs(Math.round(us / 1e6) * 1e6)
}

/** A length that someone chose, without needless digits: `5 s`, `250 ms`, `1.5 s`, `1 min 30 s`, `2 h`. */
export function formatSpanUs(us: number | null): string {
  if (us === null) return NONE
  if (us < 1e3) return `${us} µs`
  if (us < 1e6) return `${trim(us / 1e3, 1)} ms`
  if (us < 60e6) return `${trim(us / 1e6, 2)} s`
  const seconds = Math.round(us / 1e6)
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
  const parts = [
    [hours, 'h'],
    [minutes, 'min'],
    [rest, 's'],
  ] as const
  return parts.flatMap(([value, unit]) => (value > 0 ? [`${value} ${unit}`] : [])).join(' ')
}

/** A percentile with its mark: `~9.8 ms` with few samples beyond it, `> 5 s` when it falls among lost messages. */
export function formatPercentileUs(
  us: number | null,
  mark: PercentileMark,
  timeoutUs: number | null,
): string {
  if (mark === 'timeout') return timeoutUs === null ? '> timeout' : `> ${formatSpanUs(timeoutUs)}`
  const text = formatDurationUs(us)
  return mark === 'few' && us !== null ? `~${text}` : text
}

/** A whole number with thousands apart: `38,400`. */
export function formatCount(count: number | null): string {
  if (count === null) return NONE
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** Per second, without the unit: `38,400`, `12.5`, `0.33`. */
export function formatRate(perSec: number | null): string {
  if (perSec === null) return NONE
  if (perSec >= 99.95 || Number.isInteger(perSec)) return formatCount(perSec)
  return perSec >= 9.995 ? trim(perSec, 1) : trim(perSec, 2)
}

/** Bytes in powers of 1000: `32 B`, `5.4 kB`, `57 MB`, `1.2 GB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return NONE
  const sign = bytes < 0 ? '-' : ''
  let value = Math.abs(bytes)
  let unit = 0
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${sign}${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${BYTE_UNITS[unit]}`
}
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** A share of 0..1 as per cent: `99 %`, `2.5 %`, `<0.01 %`; `100 %` only when nothing is missing, else `99.99 %`. */
export function formatRatio(ratio: number | null): string {
  if (ratio !== null && ratio >= 0.9 && ratio < 0.995) return `${trim(Math.floor(ratio * 1e3) / 10, 1)} %`
  if (ratio === null || ratio < 0.9 || ratio >= 1) return formatPercent(ratio === null ? null : ratio * 100)
  return `${trim(Math.floor(ratio * 1e4) / 100, 2)} %`
}

/** Per cent: `99 %`, `2.5 %`, `0.04 %`; what would round to nothing is `<0.01 %`. */
export function formatPercent(percent: number | null): string {
  if (percent === null) return NONE
  if (percent > 0 && percent < 0.005) return '<0.01 %'
  const digits = percent < 0.995 ? 2 : percent < 9.95 ? 1 : 0
  return `${trim(percent, digits)} %`
}

/** Ours ÷ theirs: `0.45×`, `12×`; null is empty, since the figure beside it stands on its own. */
export function formatTimes(ratio: number | null): string {
  if (ratio === null) return ''
  return `${ratio < 9.995 ? ratio.toFixed(2) : formatCount(ratio)}×`
}

/** A value of any metric or threshold in its own unit. */
export function formatInUnit(value: number | null, unit: string): string {
  if (unit === 'change') return value === null ? NONE : formatPercentChange(value)
  const [, of] = /^change in (.+)$/.exec(unit) ?? []
  if (of !== undefined) return formatDifference(value, of)
  if (unit === 'us') return formatDurationUs(value)
  if (unit === 'bytes') return formatBytes(value)
  if (unit === 'ratio') return formatRatio(value)
  if (unit === 'percent') return formatPercent(value)
  return formatRate(value)
}

/** A change as a share, with its sign: `+12 %`, `-3.4 %`, `+0.05 %`, `0 %`. */
export function formatPercentChange(share: number): string {
  const percent = share * 100
  const size = Math.abs(percent)
  const text = trim(percent, size < 0.995 ? 2 : size < 99.5 ? 1 : 0)
  return `${Number(text.replaceAll(',', '')) > 0 ? '+' : ''}${text === '-0' ? '0' : text} %`
}

/** An amount with its sign; of shares in percentage points. */
function formatDifference(value: number | null, unit: string): string {
  if (value === null) return NONE
  if (unit === 'ratio') return formatPercentChange(value).replace('%', 'points')
  const text = formatInUnit(Math.abs(value), unit)
  return value === 0 ? text : `${value > 0 ? '+' : '-'}${text}`
}

/** `1 error`, `2 errors`. */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** Fixed digits without trailing zeros. */
function trim(value: number, digits: number): string {
  return digits === 0 ? formatCount(value) : String(Number(value.toFixed(digits)))
}
