/**
 * The threshold language, k6's with a test in front:
 *
 *   expression  = [ test "/" ] metric [ "{" tags "}" ] [ ":" aggregation ] op value
 *               | [ test "/" ] percentile op value
 *   percentile  = "p" number                   short for the headline trend of the headline test: p99<200ms
 *   tags        = "group=" name | "step=" name | "group=" name ",step=" name
 *   aggregation = "p(" number ")" | "avg" | "min" | "med" | "max" | "count" | "rate" | "value"
 *   op          = "<" | "<=" | ">" | ">=" | "==" | "!="
 *   value       = [ "+" | "-" ] ( duration | ratio | bytes | number )      by the metric and the aggregation
 *               | ( "+" | "-" ) number "%"         with a sign: the change against a baseline
 *   duration    = number ( "us" | "µs" | "ms" | "s" | "m" )    ratio = number [ "%" ]    bytes = number [ "kB" | "MiB" | … ]
 *
 * Without an aggregation: `value` of a gauge or a ratio, `count` of a counter. Blanks are allowed between the parts.
 */
import type { Mistake } from '../errors.ts'
import { suggestName } from '../plan/suggest.ts'
import { headlineTrend, type TestKind } from '../result/headline.ts'
import { METRICS, type MetricKind, OF_STEPS } from './metric-catalog.ts'
import { parseLimit } from './parse-limit.ts'

export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!='

export type Aggregation =
  | { readonly kind: 'percentile'; readonly percentile: number }
  | { readonly kind: 'avg' | 'min' | 'med' | 'max' | 'count' | 'rate' | 'value' }

export interface Threshold {
  /** As it was written. */
  readonly expression: string
  /** The test it names. Null: every test that produces the metric; in the short form, the headline test. */
  readonly test: string | null
  /** Null in the short form: the trend that the test's type is about. */
  readonly metric: string | null
  /** The group it is limited to; null: all of them together. */
  readonly group: string | null
  /** The named step of a flow; null: it is of no step. */
  readonly step: string | null
  readonly aggregation: Aggregation
  readonly op: Operator
  /** In the unit of the aggregation; of a `share` 0.1 is +10 %. */
  readonly limit: number
  /** Held against the change since a baseline: a share of its value, or an amount. Null: against the value itself. */
  readonly relative: 'share' | 'amount' | null
  /** `us`, `bytes`, `ratio`, `percent`, `count` or `per second`. */
  readonly unit: string
}

export type ParsedThreshold =
  | { readonly ok: true; readonly threshold: Threshold }
  | { readonly ok: false; readonly mistake: Mistake }

const SHAPE =
  /^\s*(?:([\w-]+)\s*\/\s*)?([A-Za-z]\w*(?:\.\d+)?)(?:\{(?=[gs])(?:group=([\w-]+))?,?(?:step=([\w.-]+))?\})?\s*(?::\s*([\w.()\s]+?))?\s*(<=|>=|==|!=|<|>)\s*(.*?)\s*$/
const SHORT = /^p(\d+(?:\.\d+)?)$/
const PERCENTILE = /^p\(\s*(\d+(?:\.\d+)?)\s*\)$/
const WORDS = ['avg', 'min', 'med', 'max', 'count', 'rate', 'value'] as const

const FITTING = {
  trend: ['avg', 'min', 'med', 'max', 'count'],
  counter: ['count', 'rate'],
  gauge: ['value'],
  ratio: ['value', 'rate'],
} as const

const SURE_EXAMPLE = 'response_time:p(99)<200ms'

/**
 * Reads one expression; everything that needs no plan is checked here. The example of a mistake always parses.
 * `hasBaseline`: a limit with a sign has runs to be held against, else it is a mistake.
 */
export function parseThreshold(expression: string, hasBaseline = false): ParsedThreshold {
  const parsed = readAndCheck(expression, hasBaseline)
  // An example made from what was written may carry a second mistake along.
  if (parsed.ok || readAndCheck(parsed.mistake.example, hasBaseline).ok) return parsed
  return { ok: false, mistake: { ...parsed.mistake, example: SURE_EXAMPLE } }
}

function readAndCheck(expression: string, hasBaseline: boolean): ParsedThreshold {
  const read = readExpression(expression)
  const isLost = read.ok && read.threshold.relative !== null && !hasBaseline
  return isLost ? failOnBaseline(read.threshold) : read
}

function readExpression(expression: string): ParsedThreshold {
  const match = SHAPE.exec(expression)
  if (match === null) {
    return fail(expression, 'is not a threshold', '[test/]metric[:aggregation] op value', SURE_EXAMPLE)
  }
  const [, test = null, name = '', group = null, step = null] = match
  const [aggregationText = null, op = '', limitText = ''] = match.slice(5)
  const short = SHORT.exec(name)
  if (short !== null && group === null && step === null) {
    return parseShort(expression, test, aggregationText, Number(short[1]), op as Operator, limitText)
  }
  const kind = METRICS.get(name)
  if (kind === undefined) return failOnMetric(expression, name)
  if (OF_STEPS.has(name) !== (step !== null)) return failOnStep(expression, name, step)
  const aggregation = parseAggregation(aggregationText, kind)
  if (aggregation === null) return failOnAggregation(expression, name, kind, aggregationText)
  return finish(
    { expression, test, metric: name, group, step, aggregation, op: op as Operator },
    kind,
    limitText,
  )
}

function failOnBaseline({ expression, unit }: Threshold): ParsedThreshold {
  const [, start = '', limit = ''] = /^(.*?(?:<=|>=|<|>))\s*(.*?)\s*$/.exec(expression) ?? []
  return fail(
    expression,
    `'${limit}' needs a baseline to compare with, and there is none`,
    'a fixed value, or a change with --baseline FILE',
    `${start}${EXAMPLES[unit]}`,
  )
}

/** The left-hand side alone: `response_time:p(99.9)`. The mistake names it as a threshold. */
export function parseFigureName(text: string): ParsedThreshold {
  return readExpression(`${text}<=0`)
}

/** `p(99)`, `max`, as results and reports show it. */
export function formatAggregation(aggregation: Aggregation): string {
  return aggregation.kind === 'percentile' ? `p(${aggregation.percentile})` : aggregation.kind
}

/** `name{group=…,step=…}`, as results name it. */
export function tagMetric(name: string, { group, step }: Pick<Threshold, 'group' | 'step'>): string {
  const tags = [...(group === null ? [] : [`group=${group}`]), ...(step === null ? [] : [`step=${step}`])]
  return tags.length === 0 ? name : `${name}{${tags.join(',')}}`
}

/** The metric of a threshold in such a test, without its tags. */
export function metricOf(threshold: Pick<Threshold, 'metric'>, kind: TestKind): string {
  return threshold.metric ?? headlineTrend(kind)
}

export function makeMistake(expression: string, problem: string, accepted: string, example: string): Mistake {
  return { where: '--threshold', value: expression, problem, accepted, example }
}

function parseShort(
  expression: string,
  test: string | null,
  aggregationText: string | null,
  percentile: number,
  op: Operator,
  limitText: string,
): ParsedThreshold {
  if (aggregationText !== null) {
    return fail(expression, 'has an aggregation behind a short percentile', 'p99<value', 'p99<200ms')
  }
  if (!isPercentile(percentile)) return failOnPercentile(expression)
  const aggregation = { kind: 'percentile', percentile } as const
  return finish(
    { expression, test, metric: null, group: null, step: null, aggregation, op },
    TREND,
    limitText,
  )
}
const TREND: MetricKind = { type: 'trend', unit: 'us', needs: 'nothing', samples: null }

function parseAggregation(text: string | null, kind: MetricKind): Aggregation | null {
  if (text === null) {
    if (kind.type === 'trend') return null
    return { kind: kind.type === 'counter' ? 'count' : 'value' }
  }
  const percentile = PERCENTILE.exec(text)
  if (percentile !== null) {
    const value = Number(percentile[1])
    return kind.type === 'trend' && isPercentile(value) ? { kind: 'percentile', percentile: value } : null
  }
  const word = WORDS.find((one) => one === text)
  return word !== undefined && (FITTING[kind.type] as readonly string[]).includes(word)
    ? { kind: word }
    : null
}

function isPercentile(value: number): boolean {
  return value > 0 && value < 100
}

function finish(
  parts: Pick<Threshold, 'expression' | 'test' | 'metric' | 'group' | 'step' | 'aggregation' | 'op'>,
  kind: MetricKind,
  limitText: string,
): ParsedThreshold {
  const { expression } = parts
  const unit = unitOf(parts.aggregation, kind)
  const trimmed = expression.trim()
  const example = `${trimmed.slice(0, trimmed.length - limitText.length)}${EXAMPLES[unit]}`
  if (/^[+\-−]/.test(limitText)) return finishRelative(parts, unit, limitText)
  const limit = parseLimit(limitText, unit)
  if (!limit.ok) return fail(expression, `the value '${limitText}' ${limit.problem}`, limit.accepted, example)
  return { ok: true, threshold: { ...parts, limit: limit.value, relative: null, unit } }
}

/** Per cent are of the baseline's value, but of shares (`error_ratio`, which is 0 when all is well) percentage points. */
function finishRelative(
  parts: Pick<Threshold, 'expression' | 'test' | 'metric' | 'group' | 'step' | 'aggregation' | 'op'>,
  unit: string,
  limitText: string,
): ParsedThreshold {
  const { expression, op } = parts
  const trimmed = expression.trim()
  const start = trimmed.slice(0, trimmed.length - limitText.length)
  if (op === '==' || op === '!=') {
    const example = `${start.slice(0, -2)}<=${limitText}`
    return fail(expression, `asks for an exact change with '${op}'`, '<, <=, > or >=', example)
  }
  const sign = limitText.startsWith('+') ? 1 : -1
  const amount = limitText.slice(1).trim()
  const isShare = amount.endsWith('%') && unit !== 'ratio'
  const limit = parseLimit(isShare ? amount.slice(0, -1).trim() : amount, isShare ? 'percent' : unit)
  const accepted = isShare ? 'a change in per cent' : limit.ok ? '' : limit.accepted
  if (!limit.ok)
    return fail(expression, `the change '${limitText}' ${limit.problem}`, accepted, `${start}+10%`)
  const value = isShare ? Number((limit.value / 100).toPrecision(12)) : limit.value
  // Not -0, which JSON would not keep.
  const signed = value === 0 ? 0 : sign * value
  return { ok: true, threshold: { ...parts, limit: signed, relative: isShare ? 'share' : 'amount', unit } }
}

const EXAMPLES: Readonly<Record<string, string>> = {
  us: '200ms',
  bytes: '100MB',
  ratio: '1%',
  percent: '90%',
  count: '10',
  'per second': '1k',
}

/** Of the value that an aggregation of such a metric gives. */
export function unitOf(aggregation: Aggregation, kind: MetricKind): string {
  if (kind.type === 'trend' && aggregation.kind === 'count') return 'count'
  if (kind.type === 'counter' && aggregation.kind === 'rate')
    return kind.unit === 'bytes' ? 'bytes' : 'per second'
  return kind.unit
}

function fail(expression: string, problem: string, accepted: string, example: string): ParsedThreshold {
  return { ok: false, mistake: makeMistake(expression, problem, accepted, example) }
}

function failOnMetric(expression: string, name: string): ParsedThreshold {
  const near = suggestName(name, [...METRICS.keys()])
  const hint = near === null ? '' : `, did you mean ${near}?`
  return fail(
    expression,
    `has an unknown metric '${name}'${hint}`,
    'a metric of `stress help metrics`',
    near === null ? SURE_EXAMPLE : expression.replace(name, near),
  )
}

function failOnStep(expression: string, name: string, step: string | null): ParsedThreshold {
  const rest = expression.slice(expression.indexOf(name) + name.length).replace(/^\{[^}]*\}/, '')
  if (step === null)
    return fail(
      expression,
      `${name} is of a step, and names none`,
      `${name}{step=…}`,
      `${name}{step=login}${rest}`,
    )
  return fail(
    expression,
    `${name} is not of a step`,
    'step_time or steps_failed, or it without step',
    `${name}${rest}`,
  )
}

function failOnAggregation(
  expression: string,
  name: string,
  kind: MetricKind,
  text: string | null,
): ParsedThreshold {
  const percentile = PERCENTILE.exec(text ?? '')
  if (percentile !== null && kind.type === 'trend') return failOnPercentile(expression)
  const fitting = [...(kind.type === 'trend' ? ['p(N)'] : []), ...FITTING[kind.type]]
  const problem =
    text === null
      ? `says nothing about which value of ${name}`
      : `${name} is a ${kind.type} and has no '${text}'`
  const chosen = kind.type === 'trend' ? 'p(99)' : fitting[0]
  const rest = /(?:<=|>=|==|!=|<|>).*$/.exec(expression)?.[0].trim()
  return fail(expression, problem, `one of ${fitting.join(', ')}`, `${name}:${chosen}${rest}`)
}

function failOnPercentile(expression: string): ParsedThreshold {
  return fail(
    expression,
    'has a percentile that is not between 0 and 100',
    'p(N) with 0 < N < 100, or max',
    'response_time:p(99.9)<200ms',
  )
}
