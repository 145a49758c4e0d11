/** `stress serve [NAME | all] [options]`. */
import { Parser } from 'yargs/helpers'
import { type Mistake, UsageError } from '../errors.ts'
import { suggestName } from '../plan/suggest.ts'
import { parseCount, parseDurationUs } from '../plan/units.ts'
import type { FaultOptions } from '../servers/faults.ts'
import { ALL, isServerName, OPTION_OWNERS, SERVER_NAMES } from '../servers/names.ts'
import { parseLimit } from '../thresholds/parse-limit.ts'

export interface ServeCommand {
  readonly command: 'serve'
  /** One of SERVER_NAMES, or `all`. */
  readonly name: string
  /** Print what can be served, and serve nothing. */
  readonly list: boolean
  /** 0: a free one; null: the server's own. */
  readonly port: number | null
  readonly host: string
  /** Between pushes or pings; null: as the documents have it. */
  readonly intervalMs: number | null
  readonly pongLimit: number | null
  readonly faults: Partial<FaultOptions>
  /** Where the counts of faults are written as JSON at the end; null: nowhere. */
  readonly faultLog: string | null
  /** Secret. */
  readonly jwtSecret: string | null
}

type Environment = Readonly<Record<string, string | undefined>>

interface ServeOption {
  readonly accepted: string
  readonly example: string
}

const DURATION = 'a length of time from 1ms'
const SHARE = 'a share of the messages, 0 to 100%'
const OPTIONS: Readonly<Record<string, ServeOption>> = {
  port: { accepted: '0 (a free one) to 65535', example: '--port 9001' },
  host: { accepted: 'an address of this machine', example: '--host 0.0.0.0' },
  interval: { accepted: DURATION, example: '--interval 1s' },
  drop: { accepted: SHARE, example: '--drop 1%' },
  duplicate: { accepted: SHARE, example: '--duplicate 1%' },
  misroute: { accepted: SHARE, example: '--misroute 1%' },
  delay: { accepted: DURATION, example: '--delay 20ms' },
  stall: { accepted: DURATION, example: '--stall 500ms' },
  'stall-every': { accepted: 'a length of time, longer than --stall', example: '--stall-every 10s' },
  'pong-limit': { accepted: 'a whole number from 1', example: '--pong-limit 2' },
  'fault-log': { accepted: 'a file to write', example: '--fault-log faults.json' },
  'jwt-secret': { accepted: 'the secret of the tokens', example: '--jwt-secret S' },
}
const NAMES = Object.keys(OPTIONS)
const STALL_EVERY_MS = 10_000
/** Node's timers take no more than 2^31 ms. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Reads what stands behind `stress serve`. STRESS_* are read as well, a port only when it can be meant: a Kubernetes
 * service called "stress" sets STRESS_PORT to `tcp://10.0.0.1:9001`.
 * @throws UsageError with every mistake
 */
export function parseServe(argv: readonly string[], env: Environment): ServeCommand {
  const mistakes: Mistake[] = []
  const {
    _: positionals,
    list,
    ...options
  } = Parser(joinValues(argv), {
    string: ['_', ...NAMES],
    boolean: ['list'],
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
    },
  })
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) mistakes.push(describeUnknown(name))
  }
  const [name = 'echo', extra] = positionals.map(String)
  if (extra !== undefined) {
    mistakes.push(describe('argument', extra, 'is one too many', 'one server', 'stress serve echo'))
  }
  if (name !== ALL && !isServerName(name)) mistakes.push(describeUnknownServer(name))
  checkOwners(name, options, mistakes)

  const values = new Values(options, env, mistakes)
  const command: ServeCommand = {
    command: 'serve',
    name,
    list: list !== undefined,
    port: values.port(),
    host: values.text('host') ?? '127.0.0.1',
    intervalMs: values.durationMs('interval'),
    pongLimit: values.count('pong-limit'),
    faults: readFaults(values),
    faultLog: values.text('fault-log'),
    jwtSecret: values.text('jwt-secret') ?? (env.JWT_SECRET || null),
  }
  if (mistakes.length > 0) throw new UsageError(mistakes)
  return command
}

/** `--delay -1s` becomes `--delay=-1s`: the parser would take `-1s` for options, and show parts of a secret in the mistake. */
function joinValues(argv: readonly string[]): string[] {
  const joined: string[] = []
  for (let index = 0; index < argv.length; index++) {
    const arg = argv[index]!
    const next = argv[index + 1]
    const takesNext = arg.startsWith('--') && NAMES.includes(arg.slice(2)) && next !== undefined
    if (takesNext && !/^--[a-z]/i.test(next)) {
      joined.push(`${arg}=${next}`)
      index++
    } else joined.push(arg)
  }
  return joined
}

function readFaults(values: Values): Partial<FaultOptions> {
  const stallMs = values.durationMs('stall')
  const stallEveryMs = values.durationMs('stall-every')
  if (stallMs === null && stallEveryMs !== null) {
    values.refuse('stall-every', '', 'says nothing without --stall')
  } else if (stallMs !== null && stallMs >= (stallEveryMs ?? STALL_EVERY_MS)) {
    const period = stallEveryMs === null ? '10s, the default of --stall-every' : '--stall-every'
    values.refuse('stall', '', `is not shorter than ${period}`)
  }
  return {
    drop: values.share('drop') ?? 0,
    duplicate: values.share('duplicate') ?? 0,
    misroute: values.share('misroute') ?? 0,
    delayMs: values.durationMs('delay') ?? 0,
    stallMs: stallMs ?? 0,
    stallEveryMs: stallMs === null ? 0 : (stallEveryMs ?? STALL_EVERY_MS),
  }
}

/** The options' values as numbers; what is wrong goes to `mistakes`. */
class Values {
  readonly #options: Readonly<Record<string, unknown>>
  readonly #env: Environment
  readonly #mistakes: Mistake[]

  constructor(options: Readonly<Record<string, unknown>>, env: Environment, mistakes: Mistake[]) {
    this.#options = options
    this.#env = env
    this.#mistakes = mistakes
  }

  refuse(name: string, value: string, problem: string): null {
    const { accepted, example } = OPTIONS[name]!
    this.#mistakes.push(describe(`--${name}`, value, problem, accepted, example))
    return null
  }

  text(name: string): string | null {
    const value = this.#options[name]
    if (value === undefined) return this.#env[`STRESS_${name.replaceAll('-', '_').toUpperCase()}`] || null
    if (typeof value === 'string' && value !== '') return value
    return this.refuse(name, '', Array.isArray(value) ? 'is given twice' : 'has no value')
  }

  port(): number | null {
    const text = this.text('port')
    if (text === null || (this.#options.port === undefined && !/^\d+$/.test(text))) return null
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
    return this.refuse('port', text, 'is not a port')
  }

  count(name: string): number | null {
    const text = this.text(name)
    if (text === null) return null
    const count = parseCount(text)
    if (!count.ok) return this.refuse(name, text, count.problem)
    return count.value > 0 ? count.value : this.refuse(name, text, 'is less than one')
  }

  durationMs(name: string): number | null {
    const text = this.text(name)
    if (text === null) return null
    const us = parseDurationUs(text)
    if (!us.ok) return this.refuse(name, text, us.problem)
    if (us.value < 1000) return this.refuse(name, text, 'is shorter than a millisecond')
    return us.value / 1000 <= MAX_TIMER_MS ? us.value / 1000 : this.refuse(name, text, 'is over 24 days')
  }

  share(name: string): number | null {
    const text = this.text(name)
    if (text === null) return null
    const share = parseLimit(text, 'ratio')
    return share.ok ? share.value : this.refuse(name, text, share.problem)
  }
}

/** Options in the environment are for whichever server can do them; only those of the command line must fit. */
function checkOwners(name: string, options: Readonly<Record<string, unknown>>, mistakes: Mistake[]): void {
  if (!isServerName(name)) return
  for (const [option, owners] of Object.entries(OPTION_OWNERS)) {
    if (options[option] === undefined || owners.includes(name)) continue
    const accepted = `a server that can: ${[...owners, ALL].join(', ')}`
    const example = `stress serve ${owners[0] ?? ALL} ${OPTIONS[option]?.example}`
    mistakes.push(describe(`--${option}`, '', `is nothing that ${name} can do`, accepted, example))
  }
}

/** Of a name that nobody can serve. */
export function describeUnknownServer(name: string): Mistake {
  const near = suggestName(name, [...SERVER_NAMES, ALL])
  const meant = near === null ? '' : `; did you mean ${near}`
  const accepted = [...SERVER_NAMES, ALL].join(', ')
  const problem = `there is no demo server of that name${meant}`
  return describe('serve', name, problem, accepted, `stress serve ${near ?? 'echo'}`)
}

function describeUnknown(name: string): Mistake {
  const near = name.length === 1 ? null : suggestName(name, [...NAMES, 'list'])
  const meant = near === null ? '' : `; did you mean --${near}`
  const where = name.length === 1 ? `-${name}` : `--${name}`
  const accepted = ['list', ...NAMES].map((known) => `--${known}`).join(', ')
  return describe(
    where,
    '',
    `is not an option of serve${meant}`,
    accepted,
    OPTIONS[near ?? 'port']?.example ?? '--list',
  )
}

function describe(where: string, value: string, problem: string, accepted: string, example: string): Mistake {
  return { where, value, problem, accepted, example }
}
