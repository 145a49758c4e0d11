/** The published figures beside the measured ones, as text and as Markdown. */
import Table from 'cli-table3'
import { formatRatio } from './published-summary.mjs'

const HEAD = ['system', '', 'msg/s', 'P99 at saturation', 'P99 at half', 'memory']

const formatRate = (value) => (value === null ? '-' : Math.round(value).toLocaleString('en-US'))
const formatMemory = (bytes) => (bytes === null ? '-' : `${Math.round(bytes / 1e6)} MB`)
const formatTimes = (value) => (value === null ? '-' : `${formatRatio(value)}x`)

const mark = (text, isTrusted) => (isTrusted ? text : `${text} ?`)

/** From whole microseconds. */
function formatTime(us) {
  if (us === null) return '-'
  if (us < 1000) return `${Math.round(us)} µs`
  return us < 100_000 ? `${(us / 1000).toFixed(1)} ms` : `${Math.round(us / 1000)} ms`
}

/** Three a system; the published P99 does not say at which load it was taken. */
function listRows({ systems }) {
  return systems.flatMap(({ published, measured, trusted, ratios }) => [
    [
      published.system,
      'published',
      formatRate(published.messagesPerSecond),
      formatTime(published.p99Us),
      '-',
      formatMemory(published.memoryBytes),
    ],
    [
      '',
      'measured',
      mark(formatRate(measured.messagesPerSecond), trusted.saturated),
      mark(formatTime(measured.p99Us), trusted.saturated),
      mark(formatTime(measured.halfP99Us), trusted.half),
      formatMemory(measured.memoryBytes),
    ],
    [
      '',
      'ratio',
      formatTimes(ratios.messagesPerSecond),
      formatTimes(ratios.p99),
      formatTimes(ratios.halfP99),
      formatTimes(ratios.memory),
    ],
  ])
}

function describeWork({ work, pinning, takenAt }) {
  const { connections, size, seconds, warmup, rounds } = work
  const load = `${connections} connections, text of ${size} B, one in flight at saturation`
  const time = `${seconds} s after ${warmup} s of warm-up, medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`
  return `${takenAt.slice(0, 10)}: ${load}; ${time}; ${pinning}`
}

function listNotes({ systems, note }) {
  const isDoubted = systems.some(({ trusted }) => !trusted.saturated || !trusted.half)
  const doubt = isDoubted
    ? ['? Most of the runs behind this figure are not valid, or at saturation not limited by the server.']
    : []
  return [...systems.map(({ verdict }) => verdict), `${capitalize(note)}.`, ...doubt]
}

const capitalize = (text) => text.charAt(0).toUpperCase() + text.slice(1)

export function formatText(taken) {
  const table = new Table({
    head: HEAD,
    colAligns: ['left', 'left', ...Array(4).fill('right')],
    style: { head: [], border: [] },
  })
  table.push(...listRows(taken))
  return [taken.machine, describeWork(taken), table.toString(), ...listNotes(taken), ''].join('\n')
}

/** For the README. */
export function formatMarkdown(taken) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [
    `${taken.machine}. ${describeWork(taken)}.`,
    '',
    line(HEAD),
    line(['---', '---', '---:', '---:', '---:', '---:']),
    ...listRows(taken).map(line),
    '',
    ...listNotes(taken).map((text) => `- ${text}`),
    '',
  ].join('\n')
}
