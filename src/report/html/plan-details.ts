/** What was asked for, as a fold. */
import type { PlanView, TestResult } from '../../result/run-result.ts'
import { numbers, words } from '../align-table.ts'
import { formatBytes, formatCount, formatRate, formatSpanUs, NONE } from '../format.ts'
import { html, type Markup } from './markup.ts'
import { dataTable } from './table.ts'

export function renderPlan({ plan, testType }: TestResult): Markup {
  return html`<details><summary>Plan</summary>${renderGroups(plan, testType)}<dl class="facts">${factsOf(
    plan,
  ).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></details>`
}

function renderGroups({ groups }: PlanView, testType: string): Markup {
  const columns = [
    words('group'),
    numbers('connections'),
    words('pacing'),
    words('until'),
    words('dialect'),
    words('payload'),
    words('matched by'),
  ]
  const rows = groups.map((group) => [
    group.name,
    formatCount(group.connections),
    describePacing(group),
    group.messagesEach === null
      ? group.durationUs === null
        ? 'the others end'
        : formatSpanUs(group.durationUs)
      : `${formatCount(group.messagesEach)} messages each`,
    group.dialect,
    group.payloadBytes === null
      ? group.payload
      : `${group.payload}, ${formatBytes(group.payloadBytes)}`.replace(/^(.+), \1$/, '$1'),
    group.match === 'fifo' ? 'order of arrival' : 'sequence number',
  ])
  return dataTable({ columns, rows }, `Groups of ${testType}`)
}

function describePacing({
  pacing,
  inFlight,
  flow,
  ratePerSec,
  endRatePerSec,
  arrival,
}: PlanView['groups'][number]): string {
  if (pacing === 'silent') return 'listens'
  if (pacing === 'closed' && flow !== null) return `flow ${flow}`
  if (pacing === 'closed') return `closed, ${inFlight ?? 1} in flight`
  const rate =
    ratePerSec === endRatePerSec
      ? formatRate(ratePerSec)
      : `${formatRate(ratePerSec)} to ${formatRate(endRatePerSec)}`
  return `open, ${rate}/s in all${arrival === 'poisson' ? ', Poisson' : ''}`
}

function factsOf(plan: PlanView): [name: string, value: string][] {
  const { connectRatePerSec: rate, push } = plan
  return [
    [
      'connect',
      rate === null ? `at once, ${formatCount(plan.connectConcurrency)} in flight` : `${formatRate(rate)}/s`,
    ],
    ['warm-up', plan.warmupUs === 0 ? 'none' : formatSpanUs(plan.warmupUs)],
    ['cycles', formatCount(plan.cycles)],
    ['connect timeout', formatSpanUs(plan.connectTimeoutUs)],
    ['reply timeout', formatSpanUs(plan.replyTimeoutUs)],
    ['workers', `${plan.workers}${plan.processes > 1 ? ` in ${plan.processes} processes` : ''}`],
    ['transport', plan.transport === 'websocket' ? 'WebSocket' : 'event stream'],
    ['TLS', plan.tls ? 'yes' : 'no'],
    ['compression', plan.compress ? 'yes' : 'no'],
    ...(plan.fanOut === null ? [] : [['rooms', formatCount(plan.fanOut.rooms)] as [string, string]]),
    ...(push === null
      ? []
      : [['push every', push.everyUs === null ? NONE : formatSpanUs(push.everyUs)] as [string, string]]),
    ['seed', String(plan.seed)],
  ]
}
