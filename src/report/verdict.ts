/** The first lines of a report: what ran, whether it can be believed and passed, and the figures in short. */
import { stripVTControlCharacters } from 'node:util'
import { type HeadlineTrend, headlineIndex, headlineTrend, kindOf } from '../result/headline.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'
import { showFlows } from './flow-table.ts'
import { formatCount, formatPercent, formatPlural, NONE } from './format.ts'
import type { Paint } from './paint.ts'
import { showPushes } from './push-line.ts'
import {
  countErrors,
  describeClients,
  describeLoad,
  describePayload,
  findCount,
  findCpu,
  showPercentile,
  showRate,
} from './test-figures.ts'
import { clip, wrap } from './wrap.ts'

const LIMITED_BY = {
  server: 'server',
  generator: 'this machine',
  none: 'nothing',
  unknown: 'unknown',
} as const

/** `stress 1.0.0   demo echo server (own process)   100 connections × 32 B`; with one test its load as well. */
export function titleLine(result: RunResult, width: number, paint: Paint): string {
  const tool = `${result.tool.name} ${result.tool.version}`
  const [first] = result.tests
  const target = describeTarget(result)
  if (first === undefined) return `${paint.strong(tool)}   ${clip(target, width - tool.length - 3)}`
  const short = target.replace(' (own process)', '')
  const roomBeside = (size: string): number => width - tool.length - size.length - 6
  const sizes = listSizes(result, first)
  const wanted = Math.min(short.length, LEAST_TARGET)
  const size = sizes.find((text) => roomBeside(text) >= wanted) ?? sizes.at(-1)!
  const room = Math.max(16, roomBeside(size))
  return `${paint.strong(tool)}   ${clip(target.length > room ? short : target, room)}   ${paint.dim(size)}`
}
const LEAST_TARGET = 25

/** `demo echo server (own process)`, `ws://127.0.0.1:9001/ and 2 more`. */
export function describeTarget({ target }: RunResult): string {
  const more = target.urls.length - 1
  return target.demo
    ? `demo ${target.serve?.split(' ')[0] ?? ''} server (own process)`
    : `${target.url}${more > 0 ? ` and ${more} more` : ''}`
}

/** What was done with the target, the longer forms first. */
function listSizes(result: RunResult, test: TestResult): string[] {
  const clients = describeClients(test.plan)
  const payload = describePayload(test.plan)
  const size = payload === null ? clients : `${clients} × ${payload}`
  if (result.tests.length > 1 || test.testType === 'storm') return [size, clients]
  const load = describeLoad(test)
  const rate = /, ([^,]+)$/.exec(load)?.[1]
  return [
    `${size}, ${load}`,
    `${clients}, ${load}`,
    ...(rate === undefined ? [] : [`${clients}, ${rate}`]),
    clients,
  ]
}

/** One line, and with thresholds a second one with the figures. */
export function verdictLines(result: RunResult, width: number, paint: Paint): string[] {
  const test = result.tests[headlineIndex(result.tests)]
  const isEnded = endedEarly(result) !== null
  const validity = showValidity(result)
  // What is not valid has its reasons below, so that the limit need not be named twice.
  const limited = test === undefined || validity !== 'VALID' || isEnded ? '' : showLimit(test)
  const figures = test === undefined ? '' : listFigures(result, test, paint).join('   ')
  if (result.thresholds.length === 0) {
    const line = join(showBadge(result, paint), figures, limited)
    const detailed = limited === '' || test === undefined ? line : `${line}${showLimitCpu(test)}`
    return [stripVTControlCharacters(detailed).length <= width ? detailed : line]
  }
  const cpu = test === undefined || isEnded ? '' : showCpu(test)
  // Of a server that was not reached nothing was measured: no word on how well.
  const measured = `   measurement ${validity}${limited === '' ? '' : `, ${limited}`}`
  const first = `${showBadge(result, paint)}${result.status === 'failed' ? '' : measured}`
  const both = join(figures, cpu)
  const second = width === 0 || stripVTControlCharacters(both).length <= width ? both : figures
  return second === '' ? [first] : [first, second]
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('   ')
}

/** Why a run is not valid: the most important reason of each test, of a single test two; all of them when `all`. */
export function reasonLines(result: RunResult, width: number, paint: Paint, all: boolean): string[] {
  const most = result.tests.length > 1 ? 1 : 2
  return result.tests.flatMap((test) => {
    const reasons = test.validity.state === 'valid' && !all ? [] : test.validity.reasons
    const where = result.tests.length > 1 ? `${test.testType}: ` : ''
    return reasons
      .slice(0, all ? reasons.length : most)
      .flatMap((reason) => wrap(`${where}${reason.message}`, width, '  '))
      .map((line) => (test.validity.state === 'valid' ? paint.dim(line) : paint.warn(line)))
  })
}

/** Everything in one line, for --quiet. */
export function quietLine(result: RunResult, paint: Paint): string {
  return verdictLines(result, 0, paint).join('   ')
}

/** The worst state of all tests: one test that cannot be believed is enough. */
export function showValidity(result: RunResult): string {
  const states = result.tests.map((test) => test.validity.state)
  if (states.includes('invalid')) return 'INVALID'
  return states.includes('generator-limited') ? 'GENERATOR-LIMITED' : 'VALID'
}

export interface Badge {
  readonly text: string
  readonly state: 'good' | 'bad' | 'warn'
  /** How many thresholds failed or hold; empty without thresholds, and where the run has another end. */
  readonly tally: string
}

/** The word on the whole run: how it ended if early, else its gate, else its validity. */
export function findBadge(result: RunResult): Badge {
  const ended = endedEarly(result)
  if (ended !== null) return ended
  const total = result.thresholds.length
  if (total === 0) {
    const text = showValidity(result)
    return { text, state: text === 'VALID' ? 'good' : text === 'INVALID' ? 'bad' : 'warn', tally: '' }
  }
  const failed = result.thresholds.filter((row) => row.result !== 'pass').length
  const noun = `threshold${total === 1 ? '' : 's'}`
  if (failed > 0) return { text: 'FAIL', state: 'bad', tally: `${failed} of ${total} ${noun}` }
  if (result.exitCode === 4)
    return { text: 'NOT VALID', state: 'warn', tally: `${total} of ${total} ${noun} hold` }
  return { text: 'PASS', state: 'good', tally: `${total} of ${total} ${noun}` }
}

function showBadge(result: RunResult, paint: Paint): string {
  const { text, state, tally } = findBadge(result)
  const badge = paint.badge(text, state)
  const exit = `(exit ${result.exitCode})`
  if (endedEarly(result) !== null) return `${badge} ${exit}`
  if (tally === '') return result.exitCode === 4 ? `${badge} ${paint.warn(exit)}` : badge
  if (state === 'bad') return `${badge}  ${paint.bad(tally)} ${exit}`
  return `${badge}  ${tally}${state === 'warn' ? ` ${exit}` : ''}`
}

/** A run that did not come to its end says so in place of its verdict; a failed threshold outranks it unless interrupted. */
function endedEarly({ exitCode, status, thresholds }: RunResult): Badge | null {
  if (exitCode === 130 || exitCode === 143) return { text: 'INTERRUPTED', state: 'warn', tally: '' }
  if (status === 'failed') return { text: 'NOT COMPLETED', state: 'bad', tally: '' }
  if (status === 'aborted' && thresholds.length === 0) return { text: 'ABORTED', state: 'warn', tally: '' }
  return null
}

/** `limited by: server CPU 99 %`; empty when nothing limited it. */
export function describeLimit(test: TestResult): string {
  const limit = showLimit(test)
  return limit === '' ? '' : `${limit}${showLimitCpu(test)}`
}

function showLimit({ validity }: TestResult): string {
  return validity.limitedBy === 'none' ? '' : `limited by: ${LIMITED_BY[validity.limitedBy]}`
}

/** ` CPU 99 %` behind the one that limits; empty when that was not measured. */
function showLimitCpu(test: TestResult): string {
  const who = test.validity.limitedBy
  const percent = who !== 'server' && who !== 'generator' ? null : findCpu(test, who)
  return percent === null ? '' : ` CPU ${formatPercent(percent)}`
}

/** `CPU server 99 %, generator 61 %`. */
function showCpu(test: TestResult): string {
  const parts = (['server', 'generator'] as const).flatMap((who) => {
    const percent = findCpu(test, who)
    return percent === null ? [] : [`${who} ${formatPercent(percent)}`]
  })
  return parts.length === 0 ? '' : `CPU ${parts.join(', ')}`
}

const SHORT_NAMES: Readonly<Record<HeadlineTrend, string>> = {
  connect_time: 'connect ',
  response_time: '',
  delivery_time: 'delivery ',
  push_jitter: 'jitter ',
  push_interval: 'interval ',
  ping_time: 'ping ',
  flow_time: 'flow ',
  reconnect_time: 'back ',
}

/** What a run comes to in three: how much, how fast at P99, how many errors. */
export function listFigures(result: RunResult, test: TestResult, paint: Paint): string[] {
  const trend = headlineTrend(kindOf(test))
  const value = showPercentile(test, trend, 'p99')
  // Of a server that was not reached there is no latency to be missed.
  const isMissing = value === NONE && result.status === 'failed'
  const p99 = isMissing ? [] : [`${SHORT_NAMES[trend]}P99 ${paint.strong(value)}`]
  const count = result.tests.reduce((sum, one) => sum + countErrors(one), 0)
  const errors = count === 0 ? '0 errors' : paint.bad(formatPlural(count, 'error'))
  return [showAmount(test, paint), ...p99, errors]
}

/** How much there was: messages a second, pushes, or how many are open. */
function showAmount(test: TestResult, paint: Paint): string {
  if (test.testType === 'flow') return paint.strong(showFlows(test))
  const rate = showRate(test)
  if (rate !== NONE) return `${paint.strong(rate)} msg/s`
  const pushed = findCount(test, 'pushes_received')
  if (test.testType === 'push' && pushed !== null) return showPushes(test)
  const opened = formatCount(findCount(test, 'connections_opened'))
  return `${paint.strong(opened)} of ${formatCount(findCount(test, 'connections_attempted'))} open`
}
