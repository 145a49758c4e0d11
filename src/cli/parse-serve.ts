/** `stress serve [NAME | all] [options]`. */
import type { Mistake } from '../errors.ts'
import { parseCountFrom, parsePositiveBytes } from '../plan/option-parsers.ts'
import { suggestName } from '../plan/suggest.ts'
import { redactUrl } from '../plan/target-url.ts'
import { accept, type Parsed, reject } from '../plan/units.ts'
import type { FaultOptions } from '../servers/faults.ts'
import { ALL, DIVISIBLE, isServerName, OPTION_OWNERS, SERVER_NAMES } from '../servers/names.ts'
import { parseLimit } from '../thresholds/parse-limit.ts'
import { CommandOptions, type CommandSpec, type Environment, parseMs } from './command-options.ts'

export interface ServeCommand {
  readonly command: 'serve'
  /** One of SERVER_NAMES, or `all`. */
  readonly name: string
  /** Print what can be served, and serve nothing. */
  readonly list: boolean
  /** 0: a free one; null: the server's own. */
  readonly port: number | null
  readonly host: string
  /** Processes that share the port, from 1. */
  readonly processes: number
  /** Between pushes or pings; null: as the documents have it. */
  readonly intervalMs: number | null
  readonly pongLimit: number | null
  readonly faults: Partial<FaultOptions>
  /** Where the counts of faults are written as JSON at the end; null: nowhere. */
  readonly faultLog: string | null
  /** Secret. */
  readonly jwtSecret: string | null
}

const DURATION = 'a length of time from 1ms'
const SHARE = 'a share of the messages, 0 to 100%'
/** Far above the cores of a machine on which a test is worth doing, and below what one mistyped zero would do to it. */
const MOST_PROCESSES = 64
export const SERVE_SPEC = {
  command: 'serve',
  argument: { where: 'argument', accepted: 'one server', example: 'stress serve echo' },
  options: {
    list: { kind: 'switch' },
    port: { kind: 'value', accepted: '0 (a free one) to 65535', example: '--port 9001' },
    host: { kind: 'value', accepted: 'an address of this machine', example: '--host 0.0.0.0' },
    processes: {
      kind: 'value',
      accepted: `a whole number from 1 to ${MOST_PROCESSES}`,
      example: '--processes 4',
    },
    interval: { kind: 'value', accepted: DURATION, example: '--interval 1s' },
    drop: { kind: 'value', accepted: SHARE, example: '--drop 1%' },
    duplicate: { kind: 'value', accepted: SHARE, example: '--duplicate 1%' },
    misroute: { kind: 'value', accepted: SHARE, example: '--misroute 1%' },
    delay: { kind: 'value', accepted: DURATION, example: '--delay 20ms' },
    stall: { kind: 'value', accepted: DURATION, example: '--stall 500ms' },
    'stall-every': {
      kind: 'value',
      accepted: 'a length of time, longer than --stall',
      example: '--stall-every 10s',
    },
    'idle-timeout': { kind: 'value', accepted: DURATION, example: '--idle-timeout 60s' },
    'cut-after': { kind: 'value', accepted: DURATION, example: '--cut-after 5s' },
    refuse: { kind: 'value', accepted: DURATION, example: '--cut-after 5s --refuse 2s' },
    leak: { kind: 'value', accepted: 'a size from 1 byte, such as 4KiB', example: '--leak 4KiB' },
    unbounded: { kind: 'switch' },
    'block-slow': { kind: 'switch' },
    'pong-limit': { kind: 'value', accepted: 'a whole number from 1', example: '--pong-limit 2' },
    'fault-log': { kind: 'value', accepted: 'a file to write', example: '--fault-log faults.json' },
    'jwt-secret': {
      kind: 'value',
      accepted: 'the secret of the tokens',
      example: '--jwt-secret S',
      secret: true,
    },
  },
} as const satisfies CommandSpec

const STALL_EVERY_MS = 10_000
/** Node's timers take no more than 2^31 ms. */
const parseTimerMs = parseMs(2 ** 31 - 1, '24 days')

/**
 * Reads what stands behind `stress serve`, and STRESS_* variables.
 * @throws UsageError with every mistake
 */
export function parseServe(argv: readonly string[], env: Environment): ServeCommand {
  const options = new CommandOptions(SERVE_SPEC, argv, withoutService(env))
  const name = options.argument ?? 'echo'
  if (name !== ALL && !isServerName(name)) options.add(describeUnknownServer(name))
  checkOwners(name, options)
  const command: ServeCommand = {
    command: 'serve',
    name,
    list: options.has('list'),
    port: options.one('port', parsePort),
    host: options.text('host') ?? '127.0.0.1',
    processes: readProcesses(name, options),
    intervalMs: options.one('interval', parseTimerMs),
    pongLimit: options.one('pong-limit', parseCountFrom(1)),
    faults: readFaults(options),
    faultLog: options.text('fault-log'),
    jwtSecret: options.text('jwt-secret') ?? (env.JWT_SECRET || null),
  }
  options.check()
  return command
}

/** A Kubernetes service called "stress" sets STRESS_PORT to `tcp://10.0.0.1:9001`: no port of ours. */
function withoutService(env: Environment): Environment {
  return /^\d+$/.test(env.STRESS_PORT ?? '') ? env : { ...env, STRESS_PORT: '' }
}

function parsePort(text: string): Parsed<number> {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? accept(Number(text)) : reject('is not a port')
}

/** As with the owners, a variable is for the servers that can; 1 is what every server does. */
function readProcesses(name: string, options: CommandOptions<typeof SERVE_SPEC>): number {
  const processes = options.one('processes', parseCountFrom(1, MOST_PROCESSES)) ?? 1
  if (processes === 1 || !(name === ALL || isServerName(name))) return 1
  if ((DIVISIBLE as readonly string[]).includes(name)) return processes
  if (options.argumentNames.has('processes')) {
    options.add({
      where: '--processes',
      value: options.text('processes') ?? '',
      problem: `cannot be for ${name}: clients of different processes would not hear each other`,
      accepted: `1, or a server whose clients have nothing to do with each other: ${DIVISIBLE.join(', ')}`,
      example: `stress serve echo ${SERVE_SPEC.options.processes.example}`,
    })
  }
  return 1
}

function readFaults(options: CommandOptions<typeof SERVE_SPEC>): Partial<FaultOptions> {
  const stallMs = options.one('stall', parseTimerMs)
  const stallEveryMs = options.one('stall-every', parseTimerMs)
  if (stallMs === null && stallEveryMs !== null) {
    options.refuse('stall-every', 'says nothing without --stall', '')
  } else if (stallMs !== null && stallMs >= (stallEveryMs ?? STALL_EVERY_MS)) {
    const period = stallEveryMs === null ? '10s, the default of --stall-every' : '--stall-every'
    options.refuse('stall', `is not shorter than ${period}`, '')
  }
  const cutAfterMs = options.one('cut-after', parseTimerMs)
  const refuseMs = options.one('refuse', parseTimerMs)
  if (cutAfterMs === null && refuseMs !== null)
    options.refuse('refuse', 'says nothing without --cut-after', '')
  const parseShare = (text: string): Parsed<number> => parseLimit(text, 'ratio')
  return {
    drop: options.one('drop', parseShare) ?? 0,
    duplicate: options.one('duplicate', parseShare) ?? 0,
    misroute: options.one('misroute', parseShare) ?? 0,
    delayMs: options.one('delay', parseTimerMs) ?? 0,
    stallMs: stallMs ?? 0,
    stallEveryMs: stallMs === null ? 0 : (stallEveryMs ?? STALL_EVERY_MS),
    idleTimeoutMs: options.one('idle-timeout', parseTimerMs) ?? 0,
    cutAfterMs: cutAfterMs ?? 0,
    refuseMs: refuseMs ?? 0,
    unbounded: options.has('unbounded'),
    blockSlow: options.has('block-slow'),
    leakBytes: options.one('leak', parsePositiveBytes) ?? 0,
  }
}

/** Options in the environment are for whichever server can do them; only those of the command line must fit. */
function checkOwners(name: string, options: CommandOptions<typeof SERVE_SPEC>): void {
  if (!isServerName(name)) return
  for (const option of options.argumentNames) {
    const owners = OPTION_OWNERS[option]
    if (owners === undefined || owners.includes(name)) continue
    options.add({
      where: `--${option}`,
      value: '',
      problem: `is nothing that ${name} can do`,
      accepted: `a server that can: ${[...owners, ALL].join(', ')}`,
      example: `stress serve ${owners[0] ?? ALL} ${SERVE_SPEC.options[option].example}`,
    })
  }
}

/** Of a name that nobody can serve. */
export function describeUnknownServer(name: string): Mistake {
  const near = suggestName(name, [...SERVER_NAMES, ALL])
  return {
    where: 'serve',
    value: redactUrl(name),
    problem: `there is no demo server of that name${near === null ? '' : `; did you mean ${near}`}`,
    accepted: [...SERVER_NAMES, ALL].join(', '),
    example: `stress serve ${near ?? 'echo'}`,
  }
}
