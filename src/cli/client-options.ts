/** The options of `stress client`, as its arguments and STRESS_* variables give them. */
import { Parser } from 'yargs/helpers'
import { type Mistake, UsageError } from '../errors.ts'
import { toVariable } from '../plan/option.ts'
import { parseSwitch } from '../plan/option-parsers.ts'
import { suggestName } from '../plan/suggest.ts'
import type { Parsed } from '../plan/units.ts'

interface ValueTexts {
  readonly accepted: string
  readonly example: string
  readonly secret?: boolean
  readonly repeatable?: boolean
  /** Only with --watch, or only without it. */
  readonly mode?: 'watch' | 'talk'
}

const VALUES = {
  username: { accepted: 'a user name', example: '--username alice', mode: 'talk' },
  email: { accepted: 'an address', example: '--email alice@example.com', mode: 'talk' },
  token: { accepted: 'a token or @FILE', example: '--token @token.txt', secret: true, mode: 'talk' },
  'jwt-secret': {
    accepted: 'the HS256 secret of the server',
    example: '--jwt-secret SECRET',
    secret: true,
    mode: 'talk',
  },
  dialect: { accepted: 'momentum or text', example: '--dialect text', mode: 'talk' },
  'max-retries': { accepted: 'a whole number from 0 to 20', example: '--max-retries 5', mode: 'talk' },
  wait: { accepted: 'a time up to a day', example: '--wait 5s', mode: 'talk' },
  subprotocol: {
    accepted: 'names parted by commas',
    example: '--subprotocol chat',
    repeatable: true,
    mode: 'talk',
  },
  header: {
    accepted: "'Name: value'",
    example: "-H 'Origin: http://localhost'",
    secret: true,
    repeatable: true,
  },
  interval: { accepted: 'a time up to a day', example: '--interval 5s', mode: 'watch' },
  ticks: { accepted: 'a whole number from 1', example: '--ticks 10', mode: 'watch' },
} as const satisfies Readonly<Record<string, ValueTexts>>

export type ValueName = keyof typeof VALUES

const SWITCHES = ['no-auto-ping', 'insecure', 'watch', 'no-color'] as const
export type SwitchName = (typeof SWITCHES)[number]

const VALUE_NAMES = Object.keys(VALUES) as ValueName[]
const FORMS = 'the options of stress help client'

export interface ClientOptions {
  /** Null: none was given. */
  readonly url: string | null
  /** Whether it was given as an argument, so not by a variable. */
  isArgument(name: ValueName): boolean
  has(name: SwitchName): boolean
  text(name: ValueName): string | null
  /** Each text through `parse`, what cannot be read into the mistakes. */
  all<T>(name: ValueName, parse: (text: string) => Parsed<T>): T[]
  one<T>(name: ValueName, parse: (text: string) => Parsed<T>): T | null
  refuse(name: ValueName, problem: string): void
  refuseUrl(url: string, problem: string): void
  /** @throws UsageError when there were mistakes */
  check(): void
}

interface Text {
  readonly text: string
  readonly where: string
}

/** Reads arguments and variables; what is wrong with them comes out of check(). */
export function readClientOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ClientOptions {
  const mistakes: Mistake[] = []
  const { _: positionals, ...given } = Parser([...argv], {
    string: ['_', ...VALUE_NAMES],
    boolean: [...SWITCHES],
    alias: { header: ['H'], insecure: ['k'] },
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'strip-aliased': true,
    },
  })
  const texts = new Map<ValueName, Text[]>()
  const switches = new Set<SwitchName>()
  for (const [name, value] of Object.entries(given)) {
    const valueName = VALUE_NAMES.find((known) => known === name)
    const switchName = SWITCHES.find((known) => known === name)
    if (valueName !== undefined) texts.set(valueName, readTexts(valueName, [value].flat(), mistakes))
    else if (switchName === undefined) mistakes.push(describeUnknown(name))
    else if ([value].flat().at(-1) === true) switches.add(switchName)
  }
  const argumentNames = new Set(texts.keys())
  for (const name of VALUE_NAMES) {
    const text = env[toVariable(name)] ?? ''
    if (!texts.has(name) && text !== '') texts.set(name, [{ text, where: toVariable(name) }])
  }
  for (const name of SWITCHES) {
    const parsed = parseSwitch(env[toVariable(name)] ?? '')
    if (parsed.ok && parsed.value) switches.add(name)
  }
  const isWatch = switches.has('watch')
  for (const name of argumentNames) {
    const { mode }: ValueTexts = VALUES[name]
    if (mode === 'watch' && !isWatch) refuse(name, 'goes only with --watch')
    if (mode === 'talk' && isWatch) refuse(name, 'does not go with --watch')
  }
  const [url, extra] = positionals.map(String)
  if (extra !== undefined) refuseUrl(extra, 'is one too many')

  function refuse(name: ValueName, problem: string, found = texts.get(name)?.[0]): void {
    const { accepted, example, secret = false }: ValueTexts = VALUES[name]
    const value = secret ? '' : (found?.text ?? '')
    mistakes.push({ where: found?.where ?? `--${name}`, value, problem, accepted, example })
  }

  function refuseUrl(value: string, problem: string): void {
    const example = isWatch ? 'http://127.0.0.1:8000' : 'ws://127.0.0.1:9001'
    mistakes.push({ where: 'URL', value, problem, accepted: 'one URL', example: `stress client ${example}` })
  }

  function all<T>(name: ValueName, parse: (text: string) => Parsed<T>): T[] {
    return (texts.get(name) ?? []).flatMap((found) => {
      const parsed = parse(found.text)
      if (parsed.ok) return [parsed.value]
      refuse(name, parsed.problem, found)
      return []
    })
  }

  return {
    url: url ?? (env.STRESS_URL || null),
    isArgument: (name) => argumentNames.has(name),
    has: (name) => switches.has(name),
    text: (name) => texts.get(name)?.[0]?.text ?? null,
    all,
    one: (name, parse) => all(name, parse)[0] ?? null,
    refuse,
    refuseUrl,
    check() {
      if (mistakes.length > 0) throw new UsageError(mistakes)
    },
  }
}

function readTexts(name: ValueName, values: readonly unknown[], mistakes: Mistake[]): Text[] {
  const { accepted, example, repeatable = false }: ValueTexts = VALUES[name]
  const where = `--${name}`
  const isMissing = values.some((value) => value === '' || typeof value !== 'string')
  if (isMissing || (values.length > 1 && !repeatable)) {
    const problem = isMissing ? 'has no value' : 'is given twice'
    mistakes.push({ where, value: '', problem, accepted, example })
    return []
  }
  return values.map((text) => ({ text: String(text), where }))
}

/** The value is not shown: an option that nobody knows may well be a secret. */
function describeUnknown(name: string): Mistake {
  const near = name.length === 1 ? null : suggestName(name, [...VALUE_NAMES, ...SWITCHES])
  const meant = near === null ? '' : `; did you mean --${near}`
  const where = name.length === 1 ? `-${name}` : `--${name}`
  const example = near === null ? '--dialect text' : `--${near}`
  return { where, value: '', problem: `is not an option of client${meant}`, accepted: FORMS, example }
}
