/** The head of the page: what ran, the verdict in plain words, and the figures that everybody asks for first. */

import { isFanOutTest } from '../../plan/plan.ts'
import { headlineIndex, headlineTrend, kindOf } from '../../result/headline.ts'
import type { RunResult, TestResult } from '../../result/run-result.ts'
import { showFlows } from '../flow-table.ts'
import { formatBytes, formatCount, formatPercent, formatRatio, formatSpanUs, NONE } from '../format.ts'
import { showPushes } from '../push-line.ts'
import {
  countErrors,
  describeClients,
  describeLoad,
  describePayload,
  findCount,
  findCpu,
  showPercentile,
  showRate,
} from '../test-figures.ts'
import { type Badge, describeTarget, findBadge, showValidity } from '../verdict.ts'
import { type Content, html, type Markup } from './markup.ts'

export const SIGNS = { good: '✓', warn: '!', bad: '✗' } as const

/** The target in a few words. */
export function nameTarget(result: RunResult): string {
  return describeTarget(result).replace(' (own process)', '')
}

export function renderHeader(result: RunResult): Markup {
  const [first] = result.tests
  const load = first === undefined ? '' : describeRun(result, first)
  return html`<header class="head">
<p class="tool">${result.tool.name} ${result.tool.version} · load test report</p>
<button type="button" id="theme" aria-pressed="false">Dark</button>
<h1>${nameTarget(result)}</h1>
<p class="load">${load}</p>
<p class="when">${showTimes(result)}</p>
</header>`
}

function describeRun({ tests }: RunResult, first: TestResult): string {
  const payload = describePayload(first.plan)
  const clients = `${describeClients(first.plan)}${payload === null ? '' : ` × ${payload}`}`
  return tests.length > 1
    ? `${clients} · ${tests.map(({ testType }) => testType).join(', ')}`
    : `${first.testType} · ${clients} · ${describeLoad(first)}`
}

/** `2026-01-02 03:04:05 UTC, 30 s`. */
function showTimes({ startedAt, finishedAt }: RunResult): string {
  const start = startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')
  const lengthUs = (Date.parse(finishedAt) - Date.parse(startedAt)) * 1000
  return Number.isFinite(lengthUs) && lengthUs > 0
    ? `${start}, took ${formatSpanUs(Math.round(lengthUs / 1e6) * 1e6)}`
    : start
}

/** Verdict, reasons and four figures. */
export function renderVerdict(result: RunResult): Markup {
  const badge = findBadge(result)
  const { text, state } = badge
  const head = result.tests[headlineIndex(result.tests)]
  return html`<section class="verdict ${state}" aria-labelledby="verdict">
<h2 id="verdict"><span class="badge"><span aria-hidden="true">${SIGNS[state]}</span> ${text}</span> <span class="saying">${saying(result, badge)}</span></h2>
${listReasons(result)}
</section>
${head === undefined ? null : html`<dl class="figures">${figuresOf(result, head)}</dl>`}`
}

function saying(result: RunResult, { state, tally }: Badge): string {
  const gate = tally === '' ? '' : `${tally}${state === 'bad' ? ' failed' : ''}. `
  return `${gate}${meaning(result)}`
}

const LIMITS = {
  server: 'The server was the limit',
  generator: 'This machine was the limit',
  none: 'Neither the server nor this machine was at its limit',
  unknown: 'What limited the run could not be seen',
} as const

function meaning(result: RunResult): string {
  const head = result.tests[headlineIndex(result.tests)]
  if (result.status === 'failed') return 'The run could not be completed.'
  const validity = showValidity(result)
  if (validity === 'INVALID')
    return 'The machine that made the load spoiled the run: do not use these figures.'
  if (validity === 'GENERATOR-LIMITED')
    return 'The machine that made the load was too slow for it: the figures say more about that machine than about the server.'
  const limit = head === undefined ? '' : `${LIMITS[head.validity.limitedBy]}${showCpu(head)}.`
  return `The measurement is valid. ${limit}`
}

function showCpu(test: TestResult): string {
  const who = test.validity.limitedBy
  const percent = who === 'server' || who === 'generator' ? findCpu(test, who) : null
  return percent === null ? '' : ` (CPU ${formatPercent(percent)})`
}

/** Why a test came to no good end stands here too, not only among the notes. */
const ENDED: ReadonlySet<string> = new Set(['server-ended', 'all-closed'])

function listReasons({ tests }: RunResult): Markup | null {
  const where = (test: TestResult): Content => (tests.length > 1 ? html`<b>${test.testType}:</b> ` : null)
  const reasons = tests.flatMap((test) => [
    ...test.warnings
      .filter(({ code }) => ENDED.has(code))
      .map(({ message }) => html`<li>${where(test)}${message}</li>`),
    ...(test.validity.state === 'valid' ? [] : test.validity.reasons).map(
      ({ message }) => html`<li>${where(test)}${message}</li>`,
    ),
  ])
  return reasons.length === 0 ? null : html`<ul class="reasons">${reasons}</ul>`
}

const TREND_NAMES = {
  connect_time: 'time to connect',
  response_time: 'response time',
  delivery_time: 'delivery time',
  push_jitter: 'push jitter',
  push_interval: 'push interval',
  ping_time: 'ping time',
  flow_time: 'time of a flow',
  reconnect_time: 'time to come back',
} as const

function figuresOf(result: RunResult, head: TestResult): Markup[] {
  const trend = headlineTrend(kindOf(head))
  const errors = result.tests.reduce((sum, test) => sum + countErrors(test), 0)
  const { errorRatio, serverRssPeakBytes, generatorRssPeakBytes } = result.summary
  const of = result.tests.length > 1 ? ` of ${head.testType}` : ''
  return [
    figure(...amountOf(head, of), ''),
    figure(
      'P99',
      showPercentile(head, trend, 'p99'),
      `${TREND_NAMES[trend]}${of}; P50 ${showPercentile(head, trend, 'p50')}`,
      '',
    ),
    figure(
      'Errors',
      formatCount(errors),
      errorRatio === null ? 'of all tests' : `error ratio ${formatRatio(errorRatio)}`,
      errors > 0 ? 'bad' : '',
    ),
    serverRssPeakBytes === null
      ? figure(
          'Memory',
          formatBytes(generatorRssPeakBytes),
          'generator, peak; the server could not be seen',
          '',
        )
      : figure(
          'Memory',
          formatBytes(serverRssPeakBytes),
          `server, peak; generator ${formatBytes(generatorRssPeakBytes)}`,
          '',
        ),
  ]
}

function amountOf(head: TestResult, of: string): [title: string, value: string, note: string] {
  const rate = showRate(head)
  if (head.testType === 'flow') return ['Flows', showFlows(head), `completed of those due${of}`]
  if (rate !== NONE) {
    const what = isFanOutTest(head.testType) ? 'deliveries' : 'replies'
    return ['Messages per second', rate, `${what} in the hold${of}`]
  }
  if (head.testType === 'push') return ['Received', showPushes(head), `by ${describeClients(head.plan)}`]
  const attempted = formatCount(findCount(head, 'connections_attempted'))
  return [
    'Connections open',
    formatCount(findCount(head, 'connections_opened')),
    `of ${attempted} that were tried`,
  ]
}

function figure(title: string, value: string, note: string, state: string): Markup {
  return html`<div class="${state}"><dt>${title}</dt><dd class="value">${value}</dd><dd class="note">${note}</dd></div>`
}
