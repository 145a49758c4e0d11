/** `--dry-run`: what would be opened and sent, and what it takes. Nothing is started. */
import { basename } from 'node:path'
import { readEnvironment } from '../observe/environment.ts'
import { countProcesses } from '../observe/processes.ts'
import { type PlanCost, planCost } from '../plan/cost.ts'
import type {
  Cut,
  FlowSettings,
  Group,
  Leaving,
  MetricsAddress,
  Output,
  Plan,
  Push,
  Retry,
  RunPlan,
  Search,
  Target,
} from '../plan/plan.ts'
import { redactUrl } from '../plan/target-url.ts'
import { viewPlan } from '../plan/view.ts'
import { formatBytes, formatCount, formatPercent, formatRate, formatSpanUs } from '../report/format.ts'

/** The plan in lines of text, without secrets. `stepSummary`: the file of the CI job that the run would add to. */
export function describePlan(plan: RunPlan, stepSummary: string | null = null): string[] {
  const target = plan.tests[0]?.target
  const lines = target === undefined ? [] : describeTarget(target)
  for (const test of plan.tests) lines.push('', ...describeTest(test))
  lines.push('')
  if (plan.thresholds.length > 0) lines.push(label('thresholds', plan.thresholds.join(', ')))
  lines.push(label('output', plan.outputs.map(describeOutput).join(', ')))
  if (stepSummary !== null) lines.push(label('summary', `md, added to ${stepSummary}`))
  if (plan.metricsAt !== null) lines.push(label('metrics', describeMetrics(plan.metricsAt)))
  return [...lines, 'dry run: nothing was started']
}

/** The same as one JSON document. */
export function describePlanAsJson(plan: RunPlan): string {
  const target = plan.tests[0]?.target
  const document = {
    dryRun: true,
    target: target === undefined ? null : viewTarget(target),
    tests: plan.tests.map((test) => ({
      testType: test.testType,
      plan: viewPlan(test),
      cost: planCost(test),
    })),
    thresholds: plan.thresholds,
    requireValid: plan.requireValid,
    outputs: plan.outputs,
    metricsAt: plan.metricsAt,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function viewTarget(target: Target): Record<string, unknown> {
  return {
    urls: target.urls.map(redactUrl),
    demo: target.urls.length === 0,
    headers: target.headers.map(([name]) => name),
    subprotocols: target.subprotocols,
    tokens: target.tokens.length,
    sourceIps: target.sourceIps,
    // The arguments stay out: they may hold a password.
    command: target.command?.[0] ?? null,
    serverMetrics: target.serverMetrics === null ? null : redactUrl(target.serverMetrics),
  }
}

function describeTarget(target: Target): string[] {
  const lines = [
    label(
      'target',
      target.urls.length === 0
        ? `demo ${(target.serve ?? ['echo']).join(' ')} server (own process)`
        : target.urls.map(redactUrl).join(', '),
    ),
  ]
  if (target.command !== null)
    lines.push(label('started by', `${target.command[0]}${target.command.length > 1 ? ' …' : ''}`))
  if (target.serverMetrics !== null) lines.push(label('watched by', redactUrl(target.serverMetrics)))
  if (target.headers.length > 0) {
    lines.push(label('headers', `${target.headers.map(([name]) => name).join(', ')} (values hidden)`))
  }
  if (target.subprotocols.length > 0) lines.push(label('subprotocols', target.subprotocols.join(', ')))
  if (target.tokens.length > 0) lines.push(label('tokens', `${formatCount(target.tokens.length)} (hidden)`))
  if (target.sourceIps.length > 0) lines.push(label('from', target.sourceIps.join(', ')))
  return lines
}

function describeTest(test: Plan): string[] {
  const cost = planCost(test)
  const { ratePerSec, concurrency } = test.connect
  const pace = ratePerSec === null ? 'all at once' : `${formatRate(ratePerSec)}/s`
  const cycles = test.cycles > 1 ? `, ${test.cycles} times` : ''
  return [
    `${test.testType}${cycles}`,
    label(
      'connect',
      `${plural(cost.connections, 'connection')} ${pace}, up to ${formatCount(concurrency)} handshakes at once`,
    ),
    ...(test.warmupUs > 0 ? [label('warm-up', formatSpanUs(test.warmupUs))] : []),
    ...(test.fanOut !== null && test.fanOut.rooms > 1
      ? [label('rooms', formatCount(test.fanOut.rooms))]
      : []),
    ...(test.search === null ? [] : [label('searches for', describeSearch(test.search))]),
    ...(test.cut === null ? [] : [label('cut', describeCut(test.cut))]),
    ...(test.leaving === null ? [] : [label('leave', describeLeaving(test.leaving))]),
    ...(test.push === null ? [] : [label('listens for', describePush(test.push))]),
    ...test.groups.map((group) => label(test.groups.length > 1 ? group.name : 'load', describeGroup(group))),
    label(test.testType === 'flow' ? 'does' : 'sends', describeSends(cost, test.testType === 'flow')),
    label(
      'generator',
      `${describeWorkers(test, cost)}, about ${formatBytes(cost.memoryBytes)}, ${formatCount(cost.descriptors)} open files`,
    ),
  ]
}

/** Of what this machine makes of them. */
function describeWorkers({ workers, fanOut }: Plan, { connections }: PlanCost): string {
  const { fdLimit } = readEnvironment()
  const processes = fanOut === null ? countProcesses({ connections, workers, fdLimit }) : 1
  return processes === 1
    ? plural(workers, 'worker')
    : `${Math.max(workers, processes)} processes of one worker each`
}

function describeSends(cost: PlanCost, isFlow: boolean): string {
  const { messagesDue, flowsDue, deliveriesDue, durationUs } = cost
  if (isFlow) {
    const flows = flowsDue === null ? 'as many flows as there is time for' : plural(flowsDue, 'flow')
    return `${flows}${durationUs === null ? '' : ` in ${formatSpanUs(durationUs)}`}`
  }
  if (messagesDue === 0) return `nothing${durationUs === null ? '' : `, for ${formatSpanUs(durationUs)}`}`
  const messages =
    messagesDue === null ? 'as many messages as the server answers' : plural(messagesDue, 'message')
  const copies = deliveriesDue === null ? '' : `, ${formatCount(deliveriesDue)} deliveries`
  return `${messages}${copies}${durationUs === null ? ', for as long as the server takes' : ` in ${formatSpanUs(durationUs)}`}`
}

function describeGroup({ count, pacing, stop, payload, binary, behaviour, flow }: Group): string {
  const parts = [plural(count, 'connection')]
  const noun = flow === null ? 'message' : 'flow'
  if (pacing.kind === 'closed' && flow === null) parts.push(`${formatCount(pacing.inFlight)} in flight each`)
  if (pacing.kind === 'open') {
    const from = pacing.stages[0]?.fromPerSec ?? 0
    const peaks = pacing.stages.map(({ toPerSec }) => toPerSec)
    const rates = [from, ...peaks].filter((rate, index, all) => rate !== all[index - 1])
    parts.push(
      `${rates.map(formatRate).join(' to ')} ${noun}s/s in all${pacing.arrival === 'poisson' ? ' (Poisson)' : ''}`,
    )
  }
  if (stop.messages !== null) parts.push(`${plural(stop.messages, noun)} each`)
  if (stop.durationUs !== null) parts.push(formatSpanUs(stop.durationUs))
  const { pong, pingEveryUs, reconnect, read, slowAfterUs } = behaviour
  const heartbeat = [
    ...(pingEveryUs === null ? [] : [`a ping each ${formatSpanUs(pingEveryUs)}`]),
    ...(pong ? [] : ['answering no ping']),
    ...(slowAfterUs === null
      ? []
      : [
          `reading ${typeof read === 'number' ? `${formatBytes(read)}/s` : 'nothing'} after ${formatSpanUs(slowAfterUs)}`,
        ]),
    ...(reconnect === null ? [] : [describeRetry(reconnect)]),
  ]
  if (pacing.kind === 'silent') return [...parts, 'only listening', ...heartbeat].join(', ')
  if (flow !== null) return [...parts, ...describeFlow(flow)].join(', ')
  const size = payload.kind === 'generated' ? formatBytes(payload.sizeBytes) : 'own message'
  return [...parts, `${size} ${binary ? 'binary' : 'text'}`, ...heartbeat].join(', ')
}

function describeSearch({ of, from, upTo, precision, repeats, objectives }: Search): string {
  const range = `from ${formatRate(from)}${upTo === null ? '' : ` up to ${formatRate(upTo)}`}`
  return `${of} ${range}, within ${formatPercent(precision * 100)}, ${repeats} steps each side; ${objectives.join(', ')}`
}

/** Of rows and variables only how many: their values may be secrets. */
function describeFlow({ path, rows }: FlowSettings): string[] {
  return [basename(path), ...(rows.length === 0 ? [] : [`${plural(rows.length, 'row')} of data`])]
}

/** `all connections by us, 5 s after the start of the load`. */
function describeCut({ by, afterUs, command }: Cut): string {
  if (by === 'watch') return 'all connections by the server, whenever it does'
  const how =
    by === 'reset' ? 'all connections by us' : `by ${command?.[0]}${(command?.length ?? 0) > 1 ? ' …' : ''}`
  return `${how}, ${formatSpanUs(afterUs)} after the start of the load`
}

/** `clean, reset, as many cycles each; the server's own count from http://…`. */
function describeLeaving({ kinds, countUrl, countPath }: Leaving): string {
  const each = kinds.length > 1 ? ', as many cycles each' : ''
  const count = countUrl === null ? '' : `; its own count at ${countPath} of ${redactUrl(countUrl)}`
  return `${kinds.join(', ')}${each}${count}`
}

/** `back after 1 s, doubled each time, full jitter, 5 retries`. */
function describeRetry({ policy, baseUs, jitter, maxRetries }: Retry): string {
  const wait = policy === 'now' ? 'at once' : `after ${formatSpanUs(baseUs)}`
  const more = [
    ...(policy === 'exponential' ? ['doubled each time'] : []),
    ...(jitter === 'full' ? ['full jitter'] : []),
  ]
  return [`back ${wait}`, ...more, maxRetries === 1 ? '1 retry' : `${formatCount(maxRetries)} retries`].join(
    ', ',
  )
}

function describePush({ everyUs, by }: Push): string {
  const what = by === 'ping' ? 'pings' : 'pushes'
  return everyUs === null ? what : `${what}, promised every ${formatSpanUs(everyUs)}`
}

function describeOutput({ format, path }: Output): string {
  return `${format} to ${path ?? 'standard output'}`
}

function describeMetrics({ host, port }: MetricsAddress): string {
  const where = host.includes(':') ? `[${host}]` : host
  return `http://${where}:${port === 0 ? 'a free port' : port}/metrics until the run ends`
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

function label(name: string, text: string): string {
  return `  ${name.padEnd(12)} ${text}`
}
