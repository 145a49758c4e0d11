/** Option values from flags, variables and scenario files: parsed a layer at a time, then laid over each other. */
import type { Mistake } from '../errors.ts'
import type { Option, RawOption, Setting } from './option.ts'
import { toVariable } from './option.ts'
import { parseSwitch } from './option-parsers.ts'
import { findOption, OPTION_NAMES, type OptionName, type Settings } from './option-table.ts'
import { redactUrl } from './target-url.ts'
import type { Parsed } from './units.ts'

/** What one source gave. */
export interface Layer {
  readonly settings: Settings
  /** Every option it named, also those whose value was refused. */
  readonly given: ReadonlySet<OptionName>
}

const SHOWN_LENGTH = 80

/** Parses what one source gave; every value that cannot be taken is a mistake. */
export function parseLayer(raws: readonly RawOption[], mistakes: Mistake[]): Layer {
  const settings: Record<string, Setting<unknown> | Setting<unknown>[]> = {}
  const given = new Set<OptionName>()
  for (const raw of raws) {
    const option = findOption(raw.name)
    if (option === undefined) throw new Error(`no such option: ${raw.name}`)
    if (option.kind !== 'list' && given.has(raw.name as OptionName)) {
      mistakes.push(describeMistake(raw, option, 'is given twice'))
      continue
    }
    given.add(raw.name as OptionName)
    const parsed: Parsed<unknown> = option.kind === 'switch' ? parseSwitch(raw.text) : option.parse(raw.text)
    if (!parsed.ok) {
      mistakes.push(describeMistake(raw, option, parsed.problem))
    } else if (option.kind === 'list') {
      const items = (settings[raw.name] ?? []) as Setting<unknown>[]
      settings[raw.name] = [...items, ...(parsed.value as unknown[]).map((value) => ({ ...raw, value }))]
    } else {
      settings[raw.name] = { ...raw, value: parsed.value }
    }
  }
  // Each value came out of the parser that the table, and so Settings, has for its name.
  return { settings: settings as Settings, given }
}

/** Variables that set options; all others are ignored, and so are empty ones. Lists have one item a line. */
export function readVariables(env: Readonly<Record<string, string | undefined>>): RawOption[] {
  return OPTION_NAMES.flatMap((name) => {
    const where = toVariable(name)
    const text = env[where] ?? ''
    if (text === '' || isKubernetesPort(where, text)) return []
    const items =
      findOption(name)?.kind === 'list' ? text.split('\n').filter((item) => item.trim() !== '') : [text]
    return items.map((item) => ({ name, text: item, where, folder: '' }))
  })
}

/** A service called "stress-metrics" sets STRESS_METRICS_PORT to `tcp://10.0.0.1:9464` in every pod: no port of ours. */
function isKubernetesPort(variable: string, text: string): boolean {
  return variable.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(text)
}

/**
 * Lays layers over each other, the strongest first. Of options that exclude each other, those of a weaker layer give
 * way: `--rate` on the command line replaces `messageRate` in the scenario.
 */
export function mergeLayers(layers: readonly Layer[], exclusive: readonly (readonly OptionName[])[]): Layer {
  const settings: Record<string, unknown> = {}
  const given = new Set<OptionName>()
  for (const layer of layers) {
    const above = new Set(given)
    for (const name of layer.given) {
      const rivals = exclusive.filter((names) => names.includes(name)).flat()
      if (above.has(name) || rivals.some((rival) => above.has(rival))) continue
      given.add(name)
      settings[name] = layer.settings[name]
    }
  }
  return { settings: settings as Settings, given }
}

/** A mistake in an option's value, without showing a secret. */
export function describeMistake(raw: Omit<RawOption, 'folder'>, option: Option, problem: string): Mistake {
  if (option.kind === 'switch') {
    return { where: raw.where, value: raw.text, problem, accepted: 'true or false', example: 'true' }
  }
  const { accepted, example } = option
  return {
    where: raw.where,
    value: showValue(raw.name, option.secret === true, raw.text),
    problem,
    accepted,
    example,
  }
}

/** A mistake that is no fault of the value alone: it does not go with something else. */
export function describeConflict(
  name: OptionName,
  setting: { readonly text: string; readonly where: string },
  problem: string,
  accepted: string,
  example: string,
): Mistake {
  const option = findOption(name)
  const hidden = option === undefined || option.kind === 'switch'
  const value = hidden ? '' : showValue(name, option.secret === true, setting.text)
  return { where: setting.where, value, problem, accepted, example }
}

function showValue(name: string, isSecret: boolean, text: string): string {
  if (isSecret) return ''
  const shown =
    name === 'url' || name === 'serverMetrics' || name === 'countUrl'
      ? redactUrl(text)
      : text.replace(/(--jwt-secret[= ])\S+/g, '$1…')
  return shown.length > SHOWN_LENGTH ? `${shown.slice(0, SHOWN_LENGTH)}…` : shown
}
