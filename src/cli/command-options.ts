/** The one reader of the options of `stress serve`, `verify` and `client`: from arguments and STRESS_* variables to texts. */
import { Parser } from 'yargs/helpers'
import { type Mistake, UsageError } from '../errors.ts'
import { toVariable } from '../plan/option.ts'
import { parseSwitch } from '../plan/option-parsers.ts'
import { suggestName } from '../plan/suggest.ts'
import { redactUrl } from '../plan/target-url.ts'
import { accept, type Parsed, parseDurationUs, reject } from '../plan/units.ts'

export type Environment = Readonly<Record<string, string | undefined>>

type CommandOption =
  | { readonly kind: 'switch'; readonly alias?: string }
  | {
      /** A value given twice is a mistake; a list may be given many times, in a variable one item a line. */
      readonly kind: 'value' | 'list'
      /** One letter. */
      readonly alias?: string
      readonly accepted: string
      readonly example: string
      /** Its value is never shown. */
      readonly secret?: boolean
    }

/** What a command takes. The first option that is no switch is the example where nothing better is known. */
export interface CommandSpec {
  readonly command: string
  /** The one word that needs no option; a variable can stand for it. */
  readonly argument: {
    readonly where: string
    readonly accepted: string
    readonly example: string
    readonly variable?: string
    /** It may be given many times. */
    readonly many?: boolean
  }
  readonly options: Readonly<Record<string, CommandOption>>
}

type NameOf<S extends CommandSpec, Kind extends string> = {
  [Name in keyof S['options']]: S['options'][Name] extends { readonly kind: Kind } ? Name : never
}[keyof S['options']] &
  string
export type ValueName<S extends CommandSpec> = NameOf<S, 'value' | 'list'>
export type SwitchName<S extends CommandSpec> = NameOf<S, 'switch'>

interface Given {
  readonly text: string
  readonly where: string
}

/** What was given to a command. Every mistake is kept until check(). */
export class CommandOptions<const S extends CommandSpec> {
  /** As written; may hold secrets. Null: not given. */
  readonly argument: string | null
  /** All of them, of a command that takes many. */
  readonly arguments: readonly string[]
  /** Options with a value that the command line names, not a variable. */
  readonly argumentNames: ReadonlySet<ValueName<S>>
  readonly #spec: CommandSpec
  readonly #texts = new Map<string, readonly Given[]>()
  readonly #switches = new Set<string>()
  readonly #mistakes: Mistake[] = []
  readonly #argumentWhere: string

  constructor(spec: S, argv: readonly string[], env: Environment) {
    this.#spec = spec
    const { _: positionals, ...given } = parseWords(spec, argv)
    for (const [name, value] of Object.entries(given)) this.#addArguments(name, [value].flat())
    this.argumentNames = new Set([...this.#texts.keys()] as ValueName<S>[])
    for (const name of Object.keys(spec.options)) this.#addVariable(name, env[toVariable(name)] ?? '')

    const { where, variable = '', many = false }: CommandSpec['argument'] = spec.argument
    this.arguments = positionals.map(String)
    const [argument, extra] = this.arguments
    this.argument = argument ?? (env[variable] || null)
    this.#argumentWhere = argument === undefined ? variable : where
    if (extra !== undefined && !many) this.#refuseWord(where, extra, 'is one too many')
  }

  has(name: SwitchName<S>): boolean {
    return this.#switches.has(name)
  }

  /** The text of an option, or the first of a list. */
  text(name: ValueName<S>): string | null {
    return this.#texts.get(name)?.[0]?.text ?? null
  }

  /** Each text of an option through `parse`; those it rejects are mistakes, noted at every call. */
  all<T>(name: ValueName<S>, parse: (text: string) => Parsed<T>): T[] {
    return (this.#texts.get(name) ?? []).flatMap((given) => {
      const parsed = parse(given.text)
      if (parsed.ok) return [parsed.value]
      this.#refuseGiven(name, given, parsed.problem)
      return []
    })
  }

  /** As all(), for an option with one value. */
  one<T>(name: ValueName<S>, parse: (text: string) => Parsed<T>): T | null {
    return this.all(name, parse)[0] ?? null
  }

  /** `--token`, or STRESS_TOKEN when the value comes from there. */
  whereOf(name: ValueName<S>): string {
    return this.#texts.get(name)?.[0]?.where ?? `--${name}`
  }

  /** `text` is what is shown of the value, unless that is secret. */
  refuse(name: ValueName<S>, problem: string, text = this.text(name) ?? ''): void {
    this.#refuseGiven(name, { text, where: this.whereOf(name) }, problem)
  }

  refuseArgument(problem: string): void {
    this.#refuseWord(this.#argumentWhere, this.argument ?? '', problem)
  }

  /** Notes a mistake in words of one's own. */
  add(...mistakes: readonly Mistake[]): void {
    this.#mistakes.push(...mistakes)
  }

  /** @throws UsageError when there were mistakes */
  check(): void {
    if (this.#mistakes.length > 0) throw new UsageError(this.#mistakes)
  }

  #addArguments(name: string, values: readonly unknown[]): void {
    const where = `--${name}`
    const option = Object.hasOwn(this.#spec.options, name) ? this.#spec.options[name] : undefined
    if (option === undefined) {
      this.add(describeUnknown(this.#spec, name))
    } else if (option.kind === 'switch') {
      if (!values.includes(false)) this.#switches.add(name)
      else this.add(describe(where, '', 'takes no value', 'the option alone', where))
    } else {
      const isMissing = values.includes('')
      const isTwice = option.kind === 'value' && values.length > 1
      if (isMissing || isTwice) {
        this.#refuseGiven(name, { text: '', where }, isMissing ? 'has no value' : 'is given twice')
      }
      const texts = isMissing || isTwice ? [] : values.map((text) => ({ text: String(text), where }))
      this.#texts.set(name, texts)
    }
  }

  #addVariable(name: string, text: string): void {
    const where = toVariable(name)
    const kind = this.#spec.options[name]?.kind
    if (text === '' || this.#texts.has(name) || this.#switches.has(name)) return
    if (kind === 'switch') {
      const parsed = parseSwitch(text)
      if (!parsed.ok) this.add(describe(where, text, parsed.problem, 'true or false', `${where}=true`))
      else if (parsed.value) this.#switches.add(name)
    } else {
      const items = kind === 'list' ? text.split('\n').filter((item) => item.trim() !== '') : [text]
      this.#texts.set(
        name,
        items.map((item) => ({ text: item, where })),
      )
    }
  }

  #refuseGiven(name: string, { text, where }: Given, problem: string): void {
    const option = this.#spec.options[name]
    if (option === undefined || option.kind === 'switch') throw new Error(`no option with a value: ${name}`)
    const value = option.secret === true ? '' : redactUrl(text)
    this.add(describe(where, value, problem, option.accepted, option.example))
  }

  #refuseWord(where: string, text: string, problem: string): void {
    const { accepted, example } = this.#spec.argument
    this.add(describe(where, redactUrl(text), problem, accepted, example))
  }
}

/** A length of time in ms, from 1 to `mostMs`, which `mostWords` says. */
export function parseMs(mostMs: number, mostWords: string): (text: string) => Parsed<number> {
  return (text) => {
    const us = parseDurationUs(text)
    if (!us.ok) return us
    if (us.value < 1000) return reject('is shorter than a millisecond')
    return us.value / 1000 <= mostMs ? accept(us.value / 1000) : reject(`is over ${mostWords}`)
  }
}

function parseWords({ options }: CommandSpec, argv: readonly string[]): ReturnType<typeof Parser> {
  const names = Object.keys(options)
  const switches = names.filter((name) => options[name]?.kind === 'switch')
  const aliases = new Map(names.flatMap((name) => [[options[name]?.alias ?? '', name] as const]))
  aliases.delete('')
  return Parser(joinValues(argv, switches, aliases), {
    string: ['_', ...names.filter((name) => !switches.includes(name))],
    boolean: switches,
    alias: Object.fromEntries([...aliases].map(([letter, name]) => [name, [letter]])),
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'strip-aliased': true,
    },
  })
}

/**
 * `--delay -1s`, `-H a:1` and `-Ha:1` become `--delay="-1s"` and `--header="a:1"`: the parser would take `-1s` for options,
 * and show parts of a secret in the mistake. It also takes away one pair of quotes behind `=`, so that a value's own stay.
 * An option that nobody knows takes its word with it, as that may be a secret.
 */
function joinValues(
  argv: readonly string[],
  switches: readonly string[],
  aliases: ReadonlyMap<string, string>,
): string[] {
  const isValue = (word: string | undefined): word is string =>
    word !== undefined && !/^--[a-z]/i.test(word) && !(word.startsWith('-') && aliases.has(word.slice(1)))
  const joined: string[] = []
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? ''
    const [, long, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    const [, letter = '', attached = ''] = /^-([a-z])=?(.*)$/is.exec(word) ?? []
    const name = long ?? aliases.get(letter) ?? letter
    const next = argv[index + 1]
    if (name === '' || switches.includes(name)) {
      joined.push(word)
    } else if (inline !== undefined || attached !== '') {
      joined.push(`--${name}="${inline ?? attached}"`)
    } else if (isValue(next)) {
      joined.push(`--${name}="${next}"`)
      index++
    } else {
      joined.push(word)
    }
  }
  return joined
}

/** The value is not shown: an option that nobody knows may well be a secret. */
function describeUnknown({ command, options }: CommandSpec, name: string): Mistake {
  const names = Object.keys(options)
  const near = name.length === 1 ? null : suggestName(name, names)
  const shown = near ?? names.find((known) => options[known]?.kind !== 'switch') ?? 'help'
  const option = options[shown]
  const example = option === undefined || option.kind === 'switch' ? `--${shown}` : option.example
  const problem = `is not an option of ${command}${near === null ? '' : `; did you mean --${near}`}`
  const accepted = names.map((known) => `--${known}`).join(', ')
  return describe(name.length === 1 ? `-${name}` : `--${name}`, '', problem, accepted, example)
}

function describe(where: string, value: string, problem: string, accepted: string, example: string): Mistake {
  return { where, value, problem, accepted, example }
}
