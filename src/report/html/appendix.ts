/** What stands below the tests: errors with advice, memory, published figures, the machine, notes. */
import { headlineIndex } from '../../result/headline.ts'
import type { RunResult } from '../../result/run-result.ts'
import { adviseError } from '../advice.ts'
import { numbers, words } from '../align-table.ts'
import { nameError, sumErrors } from '../error-lines.ts'
import { formatBytes, formatCount, formatDurationUs, formatPercent, formatTimes, NONE } from '../format.ts'
import { environmentLine } from '../full-details.ts'
import { findCpu, findGauge, showRate } from '../test-figures.ts'
import { html, type Markup } from './markup.ts'
import { showMoment } from './over-time.ts'
import { dataTable } from './table.ts'

/** Errors of all tests, each with its likely cause and the next step; null without one. */
export function renderErrors(result: RunResult): Markup | null {
  const errors = sumErrors(result)
  if (errors.length === 0) return null
  const columns = [words('error'), numbers('count'), numbers('first at'), words('likely cause, next step')]
  const rows = errors.map((error) => [
    nameError(error),
    formatCount(error.count),
    error.firstAtUs === null ? NONE : showMoment(error.firstAtUs),
    adviseError(error.class, error.detail),
  ])
  return section('errors', 'Errors', dataTable({ columns, rows }, 'Errors'))
}

export function renderResources({ tests, target }: RunResult): Markup | null {
  const several = tests.length > 1
  const columns = [
    ...(several ? [words('test')] : []),
    words('process'),
    numbers('idle'),
    numbers('connected'),
    numbers('peak'),
    numbers('after'),
    numbers('per connection'),
    numbers('CPU of one core'),
  ]
  const rows = tests.flatMap((test) =>
    (['server', 'generator'] as const).flatMap((who) => {
      const show = (name: string): string => formatBytes(findGauge(test, `${who}_${name}`))
      if (show('rss') === NONE) return []
      return [
        [
          ...(several ? [test.testType] : []),
          who,
          show('rss_idle'),
          show('rss_connected'),
          show('rss'),
          show('rss_after'),
          show('rss_per_connection'),
          formatPercent(findCpu(test, who)),
        ],
      ]
    }),
  )
  if (rows.length === 0) return null
  const hidden = target.serverVisible
    ? null
    : html`<p class="note">The server could not be seen. <code>--server-pid</code>, <code>-- COMMAND</code> or <code>--server-metrics URL</code> show it.</p>`
  return section('memory', 'Memory and CPU', html`${dataTable({ columns, rows }, 'Memory and CPU')}${hidden}`)
}

/** The published figures beside a throughput run, and what differs in the conditions. */
export function renderPublished({ tests }: RunResult): Markup | null {
  const test = tests.find(({ testType }) => testType === 'throughput') ?? tests[headlineIndex(tests)]
  const rows = test === undefined || showRate(test) === NONE ? [] : test.published
  const [first] = rows
  if (first === undefined) return null
  // Ratios of runs that are not alike would be read as a comparison all the same.
  const ratio = first.comparable ? [numbers('ours ÷ theirs')] : []
  const columns = [
    words('system'),
    numbers('msg/s'),
    ...ratio,
    numbers('P99'),
    ...ratio,
    numbers('memory'),
    ...ratio,
  ]
  const show = (value: number | null): string[] => (first.comparable ? [formatTimes(value) || NONE] : [])
  const cells = rows.map(({ system, messagesPerSecond, p99Us, memoryBytes, ratios }) => [
    system,
    formatCount(messagesPerSecond),
    ...show(ratios.messagesPerSecond),
    formatDurationUs(p99Us),
    ...show(ratios.p99),
    formatBytes(memoryBytes),
    ...show(ratios.memory),
  ])
  const note = first.comparable
    ? 'Published for the same number of connections, without payload size and hardware.'
    : `Not comparable with this run: ${first.differences.join('; ')}. Payload size and hardware were not published.`
  return section(
    'published',
    'Published figures',
    html`<p>${note}</p>${dataTable({ columns, rows: cells }, 'Published figures')}`,
  )
}

export function renderEnvironment(result: RunResult): Markup {
  const { target, environment } = result
  const facts: [string, string][] = [
    ['target', target.urls.join(', ')],
    ...(target.serve === null ? [] : [['demo server', target.serve] as [string, string]]),
    ...(target.command === null ? [] : [['server command', target.command] as [string, string]]),
    ['dialect', target.dialect],
    ['machine', environmentLine(result)],
    ['local ports', environment.portRange === null ? NONE : environment.portRange.join(' to ')],
    ['in CI', environment.ci ? 'yes' : 'no'],
    ['status', `${result.status}, exit code ${result.exitCode}`],
    ['started', result.startedAt],
    ['finished', result.finishedAt],
  ]
  return section(
    'environment',
    'Environment',
    html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`,
  )
}

/** Warnings of all tests, each once; null without one. */
export function renderNotes({ tests }: RunResult): Markup | null {
  const texts = new Set(tests.flatMap((test) => test.warnings.map(({ message }) => message)))
  if (texts.size === 0) return null
  return section('notes', 'Notes', html`<ul>${[...texts].map((text) => html`<li>${text}</li>`)}</ul>`)
}

export function section(id: string, title: string, content: Markup): Markup {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`
}
