/** `stress doctor` with a plan: can this machine do it? Pure. */
import type { Finding, FindingCode } from '../observe/preflight/finding.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { formatBytes, formatCount, NONE } from './format.ts'
import type { Paint } from './paint.ts'
import { flow, wrap } from './wrap.ts'

const NAMES: Readonly<Record<FindingCode, string>> = {
  descriptors: 'open files',
  'server-descriptors': 'demo server files',
  'system-files': 'files in all',
  ports: 'local ports',
  'accept-queue': 'server queue',
  conntrack: 'firewall',
  memory: 'memory',
  cores: 'cores',
  rate: 'messages/s',
  'connect-rate': 'connections/s',
}

/** What there is to say about a plan: `CAN RUN`, with how many warnings, or `CANNOT RUN`. */
export function findingsVerdict(findings: readonly Finding[], paint: Paint): string {
  const errors = count(findings, 'error')
  const warnings = count(findings, 'warning')
  if (errors > 0) return paint.badge('CANNOT RUN', 'bad')
  if (warnings === 0) return paint.badge('CAN RUN', 'good')
  return `${paint.badge('CAN RUN', 'warn')} ${warnings === 1 ? 'with a warning' : `with ${warnings} warnings`}`
}

/**
 * A table of need and limit, and below it what is to be done, worst first. Rows that hold give way when there are more
 * than `most` lines.
 */
export function findingLines(
  findings: readonly Finding[],
  { width, most }: { readonly width: number; readonly most: number },
  paint: Paint,
): string[] {
  const notes = [...findings]
    .filter(({ fix, severity }) => fix !== null || severity !== 'ok')
    .sort((a, b) => RANK[a.severity] - RANK[b.severity])
    .flatMap((finding) => noteLines(finding, width, paint))
  const rows = [...findings]
  while (rows.length + notes.length + 2 > most) {
    const plain = rows.findLastIndex(({ severity, fix }) => severity === 'ok' && fix === null)
    if (plain < 0) break
    rows.splice(plain, 1)
  }
  const table = alignTable(
    [words('limit'), numbers('needs'), numbers('here'), words('')],
    rows.map((finding) => tableRow(finding, paint)),
    paint.dim,
  )
  return notes.length === 0 ? table : [...table, '', ...notes]
}

const RANK = { error: 0, warning: 1, ok: 2 } as const

function tableRow(finding: Finding, paint: Paint): string[] {
  const { code, value, limit, severity, fix } = finding
  const mark =
    severity === 'error'
      ? paint.bad('too few')
      : severity === 'warning'
        ? paint.warn('warning')
        : limit === null
          ? 'not known here'
          : fix === null
            ? paint.good('ok')
            : paint.good('ok, see below')
  return [NAMES[code], writeFigure(finding, value), writeFigure(finding, limit), mark]
}

function noteLines({ severity, message, fix }: Finding, width: number, paint: Paint): string[] {
  const word = severity === 'ok' ? 'note' : severity
  const style = severity === 'error' ? paint.bad : severity === 'warning' ? paint.warn : paint.dim
  const said = wrap(`${word}: ${message}`, width, '  ').map(style)
  if (fix === null) return said
  // A command stays in one line, to be copied, where it fits.
  const ways = flow(fix.split(/(?<=[,;]) (?=or )/), width - 2, ' ')
  const lines = ways.flatMap((line) => wrap(line, width - 2, ''))
  return [...said, ...lines.map((line) => `  ${paint.command(line)}`)]
}

function writeFigure({ unit }: Finding, figure: number | null): string {
  if (figure === null) return NONE
  if (figure >= 1e15) return 'any'
  return unit === 'bytes'
    ? formatBytes(figure)
    : Number.isInteger(figure)
      ? formatCount(figure)
      : String(Number(figure.toFixed(2)))
}

function count(findings: readonly Finding[], severity: Finding['severity']): number {
  return findings.filter((finding) => finding.severity === severity).length
}
