/** What an option is: one description from which flags, STRESS_* variables, scenario keys, help and messages all follow. */
import type { Parsed } from './units.ts'

export const OPTION_GROUPS = [
  'Load',
  'Messages',
  'Flows',
  'Target',
  'Connecting',
  'Verdict',
  'Output',
] as const
export type OptionGroup = (typeof OPTION_GROUPS)[number]

interface OptionTexts {
  readonly group: OptionGroup
  /** One letter. */
  readonly alias?: string
  /** One clause for the help text, with the default. */
  readonly help: string
}

interface ValueTexts extends OptionTexts {
  readonly metavar: string
  /** The accepted form and one value that works, for messages. */
  readonly accepted: string
  readonly example: string
  /** Its value is never shown. */
  readonly secret?: boolean
}

/** An option with one value; giving it twice is a mistake. */
export interface ValueOption<T> extends ValueTexts {
  readonly kind: 'value'
  readonly parse: (text: string) => Parsed<T>
}

/** An option that may be given many times; one text can hold several items. */
export interface ListOption<T> extends ValueTexts {
  readonly kind: 'list'
  /** The scenario key that also stands for it. */
  readonly plural: string
  readonly parse: (text: string) => Parsed<readonly T[]>
}

export interface SwitchOption extends OptionTexts {
  readonly kind: 'switch'
}

export type Option = ValueOption<unknown> | ListOption<unknown> | SwitchOption

/** An option's value as someone wrote it, before parsing. */
export interface RawOption {
  readonly name: string
  readonly text: string
  /** `--rate`, `STRESS_RATE` or `storm.yaml:3:9 rate`. */
  readonly where: string
  /** Folder that `@file` and file names in it start from; empty: the working directory. */
  readonly folder: string
}

/** A parsed option value and where it was written. */
export interface Setting<T> {
  readonly value: T
  readonly text: string
  readonly where: string
  readonly folder: string
}

export function valueOption<T>(option: Omit<ValueOption<T>, 'kind'>): ValueOption<T> {
  return { kind: 'value', ...option }
}

export function listOption<T>(option: Omit<ListOption<T>, 'kind'>): ListOption<T> {
  return { kind: 'list', ...option }
}

export function switchOption(option: Omit<SwitchOption, 'kind'>): SwitchOption {
  return { kind: 'switch', ...option }
}

/** `connectTimeout` → `connect-timeout`. */
export function toKebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** `connect-timeout` → `connectTimeout`; a camelCase name stays as it is. */
export function toCamel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** `connectTimeout` → `STRESS_CONNECT_TIMEOUT`. */
export function toVariable(name: string): string {
  return `STRESS_${toKebab(name).replaceAll('-', '_').toUpperCase()}`
}
