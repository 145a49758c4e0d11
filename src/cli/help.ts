/** `stress --help` and `stress help TOPIC`. Options come from the table that parses them. */
import { type Mistake, UsageError } from '../errors.ts'
import { OPTION_GROUPS, type OptionGroup, toKebab } from '../plan/option.ts'
import { findOption, OPTION_NAMES, type OptionName } from '../plan/option-table.ts'
import { suggestName } from '../plan/suggest.ts'
import { wrap } from '../report/wrap.ts'
import { COMMAND_TEXTS, TOPIC_NAMES, TOPICS } from './help-topics.ts'

/** What most runs need; `stress help options` has all. */
const COMMON: readonly OptionName[] = [
  'testType',
  'connections',
  'messages',
  'duration',
  'rate',
  'messageRate',
  'inFlight',
  'warmup',
  'size',
  'payload',
  'dialect',
  'header',
  'token',
  'insecure',
  'connectRate',
  'threshold',
  'output',
  'json',
  'full',
  'quiet',
  'dryRun',
  'debug',
]

const HEAD = `stress [run] [URL | scenario.yaml | flow.mjs] [options] [-- SERVER COMMAND]

  stress                                        the demo echo server, 5 s
  stress ws://127.0.0.1:9001 -c 1000 -d 30s     your server, 1000 connections
  stress --test-type all                        throughput, storm and sustained
  stress URL --rate 1k/s --threshold 'p99<50ms' a gate: exit 99 when it fails
  stress URL -- node server.js                  start the server, then load it
  stress serve echo --port 9001                 run the demo server
  stress client ws://127.0.0.1:9001             talk to a server by hand
  stress verify URL --dialect rooms             check what the server does
  stress doctor -c 25k                          can this machine do that?
  stress report result.json -o report.txt       a saved result once more
  stress compare base-*.json -- run-*.json      better, worse, or the same?
`

/** The short help, at most 40 lines of 80 columns. */
export function renderHelp(): string {
  const lines = OPTION_GROUPS.flatMap((group) => renderGroup(group, COMMON, false))
  const topics = wrap(`stress help TOPIC: ${TOPIC_NAMES.join(', ')}`, 80, '  ')
  return `${HEAD}\n${[...lines, '', ...topics].join('\n')}\n`
}

/**
 * The text of a topic; null: the short help.
 * @throws UsageError for a topic that does not exist
 */
export function renderTopic(topic: string | null): string {
  if (topic === null || topic === 'run') return renderHelp()
  if (topic === 'options') return renderOptions()
  const texts = { ...TOPICS, ...COMMAND_TEXTS }
  const text = Object.hasOwn(texts, topic) ? texts[topic] : undefined
  if (text !== undefined) return text
  throw new UsageError([describeUnknown(topic)])
}

function renderOptions(): string {
  const blocks = OPTION_GROUPS.map((group) => renderGroup(group, OPTION_NAMES, true).join('\n'))
  return `${blocks.join('\n\n')}

Counts take k and m, sizes kB and KiB, times ms, s, m and h (bare: seconds).
Every option is also a variable (--connect-rate: STRESS_CONNECT_RATE) and a key
of a scenario file (connectRate). Flags win over variables, those over the file.
`
}

function renderGroup(group: OptionGroup, names: readonly OptionName[], titled: boolean): string[] {
  const lines = names.filter((name) => findOption(name)?.group === group).map(renderOption)
  return titled ? [group, ...lines] : lines
}

function renderOption(name: OptionName): string {
  const option = findOption(name)
  if (option === undefined) return ''
  const short = option.alias === undefined ? '   ' : `-${option.alias},`
  const value = option.kind === 'switch' ? '' : ` ${option.metavar}`
  return `  ${short} ${`--${toKebab(name)}${value}`.padEnd(26)} ${option.help}`
}

function describeUnknown(topic: string): Mistake {
  const near = suggestName(topic, TOPIC_NAMES)
  return {
    where: 'stress help',
    value: topic,
    problem: `is not a topic${near === null ? '' : `; did you mean ${near}`}`,
    accepted: TOPIC_NAMES.join(', '),
    example: `stress help ${near ?? 'options'}`,
  }
}
