/** The first lines of a report: what ran, whether it can be believed and passed, and the figures in short. */
import { stripVTControlCharacters } from 'node:util'
import { headlineIndex, headlineTrend } from '../result/headline.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'
import { formatCount, formatPercent, formatPlural, NONE } from './format.ts'
import type { Paint } from './paint.ts'
import {
  countErrors,
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
  const more = result.target.urls.length - 1
  const target = result.target.demo
    ? `demo ${result.target.dialect} server (own process)`
    : `${result.target.url}${more > 0 ? ` and ${more} more` : ''}`
  if (first === undefined) return `${paint.strong(tool)}   ${clip(target, width - tool.length - 3)}`
  const load = result.tests.length === 1 && first.testType !== 'storm' ? `, ${describeLoad(first)}` : ''
  const size = `${formatPlural(first.plan.connections, 'connection')} × ${describePayload(first.plan)}${load}`
  const room = Math.max(16, width - tool.length - size.length - 6)
  const short = target.length > room ? target.replace(' (own process)', '') : target
  return `${paint.strong(tool)}   ${clip(short, room)}   ${paint.dim(size)}`
}

/** One line, and with thresholds a second one with the figures. */
export function verdictLines(result: RunResult, width: number, paint: Paint): string[] {
  const test = result.tests[headlineIndex(result.tests)]
  const ended = endedEarly(result)
  const validity = showValidity(result)
  // What is not valid has its reasons below, so that the limit need not be named twice.
  const limited = test === undefined || validity !== 'VALID' || ended !== null ? '' : showLimit(test)
  const figures = test === undefined ? '' : showFigures(result, test, paint)
  if (result.thresholds.length === 0) {
    const badge = ended === null ? validityBadge(result, paint) : ended(paint)
    const line = join(badge, figures, limited)
    const detailed = limited === '' ? line : `${line}${showLimitCpu(test)}`
    return [stripVTControlCharacters(detailed).length <= width ? detailed : line]
  }
  const badge = ended === null ? gateBadge(result, paint) : ended(paint)
  const cpu = test === undefined || ended !== null ? '' : showCpu(test)
  // Of a server that was not reached nothing was measured: no word on how well.
  const measured = `   measurement ${validity}${limited === '' ? '' : `, ${limited}`}`
  const first = `${badge}${result.status === 'failed' ? '' : measured}`
  const second = join(figures, cpu)
  return second === '' ? [first] : [first, second]
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('   ')
}

/** Why a run is not valid: one reason a test, the most important; all of them when `all`. */
export function reasonLines(result: RunResult, width: number, paint: Paint, all: boolean): string[] {
  return result.tests.flatMap((test) => {
    const reasons = test.validity.state === 'valid' && !all ? [] : test.validity.reasons
    const where = result.tests.length > 1 ? `${test.testType}: ` : ''
    return reasons
      .slice(0, all ? reasons.length : 1)
      .flatMap((reason) => wrap(`${where}${reason.message}`, width, '  '))
      .map((line) => (test.validity.state === 'valid' ? paint.dim(line) : paint.warn(line)))
  })
}

/** Everything in one line, for --quiet. */
export function quietLine(result: RunResult, paint: Paint): string {
  return verdictLines(result, 0, paint).join('   ')
}

/** The worst state of all tests: one test that cannot be believed is enough. */
function showValidity(result: RunResult): string {
  const states = result.tests.map((test) => test.validity.state)
  if (states.includes('invalid')) return 'INVALID'
  return states.includes('generator-limited') ? 'GENERATOR-LIMITED' : 'VALID'
}

function validityBadge(result: RunResult, paint: Paint): string {
  const text = showValidity(result)
  const exit = result.exitCode === 4 ? ` ${paint.warn('(exit 4)')}` : ''
  return `${paint.badge(text, text === 'VALID' ? 'good' : text === 'INVALID' ? 'bad' : 'warn')}${exit}`
}

function gateBadge(result: RunResult, paint: Paint): string {
  const total = result.thresholds.length
  const failed = result.thresholds.filter((row) => row.result !== 'pass').length
  const noun = `threshold${total === 1 ? '' : 's'}`
  if (failed > 0)
    return `${paint.badge('FAIL', 'bad')}  ${paint.bad(`${failed} of ${total} ${noun}`)} (exit ${result.exitCode})`
  if (result.exitCode === 4)
    return `${paint.badge('NOT VALID', 'warn')}  ${total} of ${total} ${noun} hold (exit 4)`
  return `${paint.badge('PASS', 'good')}  ${total} of ${total} ${noun}`
}

/** A run that did not come to its end says so in place of its verdict; a failed threshold outranks it unless interrupted. */
function endedEarly(result: RunResult): ((paint: Paint) => string) | null {
  const exit = `(exit ${result.exitCode})`
  if (result.exitCode === 130 || result.exitCode === 143)
    return (paint) => `${paint.badge('INTERRUPTED', 'warn')} ${exit}`
  if (result.status === 'failed') return (paint) => `${paint.badge('NOT COMPLETED', 'bad')} ${exit}`
  if (result.status === 'aborted' && result.thresholds.length === 0)
    return (paint) => `${paint.badge('ABORTED', 'warn')} ${exit}`
  return null
}

function showLimit({ validity }: TestResult): string {
  return validity.limitedBy === 'none' ? '' : `limited by: ${LIMITED_BY[validity.limitedBy]}`
}

/** ` CPU 99 %` behind the one that limits; empty when that was not measured. */
function showLimitCpu(test: TestResult | undefined): string {
  const who = test?.validity.limitedBy
  const percent = test === undefined || (who !== 'server' && who !== 'generator') ? null : findCpu(test, who)
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

function showFigures(result: RunResult, test: TestResult, paint: Paint): string {
  const p99 = `${test.testType === 'storm' ? 'connect ' : ''}P99 ${paint.strong(showPercentile(test, headlineTrend(test.testType), 'p99'))}`
  const count = result.tests.reduce((sum, one) => sum + countErrors(one), 0)
  const errors = count === 0 ? '0 errors' : paint.bad(formatPlural(count, 'error'))
  const opened = findCount(test, 'connections_opened')
  const rate = showRate(test)
  const first =
    test.testType === 'storm' || rate === NONE
      ? `${paint.strong(formatCount(opened))} of ${formatCount(findCount(test, 'connections_attempted'))} open`
      : `${paint.strong(rate)} msg/s`
  return `${first}   ${p99}   ${errors}`
}
