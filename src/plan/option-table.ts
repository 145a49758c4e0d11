/** Every option of `stress run`: the one table behind flags, STRESS_* variables, scenario keys, help and messages. */
import type { Option, Setting } from './option.ts'
import { FLOW_OPTIONS } from './options-flow.ts'
import { LEAK_OPTIONS } from './options-leak.ts'
import { LOAD_OPTIONS } from './options-load.ts'
import { OUTPUT_OPTIONS } from './options-output.ts'
import { SEARCH_OPTIONS } from './options-search.ts'
import { SLOW_OPTIONS } from './options-slow.ts'
import { TARGET_OPTIONS } from './options-target.ts'
import type { Parsed } from './units.ts'

export const OPTIONS = {
  ...LOAD_OPTIONS,
  ...FLOW_OPTIONS,
  ...SEARCH_OPTIONS,
  ...TARGET_OPTIONS,
  ...LEAK_OPTIONS,
  ...SLOW_OPTIONS,
  ...OUTPUT_OPTIONS,
}

export type OptionName = keyof typeof OPTIONS

type SettingOf<O> = O extends { readonly kind: 'switch' }
  ? Setting<boolean>
  : O extends { readonly kind: 'list'; readonly parse: (text: string) => Parsed<readonly (infer T)[]> }
    ? readonly Setting<T>[]
    : O extends { readonly parse: (text: string) => Parsed<infer T> }
      ? Setting<T>
      : never

/** Parsed options by name; an option that nobody gave is absent. */
export type Settings = { readonly [K in OptionName]?: SettingOf<(typeof OPTIONS)[K]> }

/** The options that a group of a scenario may set for itself. */
export const GROUP_OPTIONS = [
  'connections',
  'messages',
  'duration',
  'rate',
  'messageRate',
  'arrival',
  'inFlight',
  'size',
  'payload',
  'onOpen',
  'binary',
  'dialect',
  'match',
  'pingInterval',
  'ignorePings',
  'flow',
  'data',
  'dataMode',
  'var',
  'flowTimeout',
  'reconnect',
  'jitter',
  'maxRetries',
] as const satisfies readonly OptionName[]

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[]

/** The option of that name, if there is one. */
export function findOption(name: string): Option | undefined {
  return Object.hasOwn(OPTIONS, name) ? (OPTIONS[name as OptionName] as Option) : undefined
}
