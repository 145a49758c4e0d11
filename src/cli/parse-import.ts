/** `stress import har FILE [options]`. */
import { UsageError } from '../errors.ts'
import { accept, type Parsed, parseCount, parseDurationUs, reject } from '../plan/units.ts'
import { CommandOptions, type CommandSpec, type Environment } from './command-options.ts'

export interface ImportCommand {
  readonly command: 'import'
  readonly path: string
  /** Null: standard output. */
  readonly output: string | null
  readonly force: boolean
  /** Part of the socket's address; null: not given. */
  readonly url: string | null
  /** From 1; null: not given. */
  readonly index: number | null
  readonly list: boolean
  readonly maxThinkMs: number
  readonly expect: 'replies' | 'all' | 'none'
  readonly keepSecrets: boolean
}

/** A recording in which somebody went for a coffee is no reason to wait that long. */
const USUAL_THINK_MS = 10_000

export const IMPORT_SPEC = {
  command: 'import',
  argument: {
    where: 'import har',
    accepted: 'one HAR file, saved by Chromium or Chrome',
    example: 'stress import har recording.har -o flow.mjs',
  },
  options: {
    output: { kind: 'value', alias: 'o', accepted: 'the file to write', example: '-o flow.mjs' },
    force: { kind: 'switch' },
    url: { kind: 'value', accepted: "a part of the WebSocket's address", example: '--url /chat' },
    index: { kind: 'value', accepted: 'a number from 1, as --list shows them', example: '--index 2' },
    list: { kind: 'switch' },
    think: { kind: 'value', accepted: 'recorded, none or max=TIME', example: '--think max=2s' },
    expect: { kind: 'value', accepted: 'replies, all or none', example: '--expect all' },
    'keep-secrets': { kind: 'switch' },
  },
} as const satisfies CommandSpec

/** @throws UsageError with every mistake */
export function parseImport(argv: readonly string[], env: Environment): ImportCommand {
  const [format, ...rest] = argv
  if (format !== 'har') {
    const example = IMPORT_SPEC.argument.example
    const problem = format === undefined ? 'does not say what' : 'is nothing that can be imported'
    throw new UsageError([{ where: 'stress import', value: format ?? '', problem, accepted: 'har', example }])
  }
  const options = new CommandOptions(IMPORT_SPEC, rest, env)
  const path = options.argument
  if (path === null)
    options.add({
      where: 'import har',
      value: '',
      problem: 'names no file',
      ...pickTexts(IMPORT_SPEC.argument),
    })
  const command: ImportCommand = {
    command: 'import',
    path: path ?? '',
    output: options.text('output'),
    force: options.has('force'),
    url: options.text('url'),
    index: options.one('index', parseIndex),
    list: options.has('list'),
    maxThinkMs: options.one('think', parseThink) ?? USUAL_THINK_MS,
    expect: options.one('expect', parseExpect) ?? 'replies',
    keepSecrets: options.has('keep-secrets'),
  }
  options.check()
  return command
}

function pickTexts({ accepted, example }: { readonly accepted: string; readonly example: string }) {
  return { accepted, example }
}

function parseIndex(text: string): Parsed<number> {
  const count = parseCount(text)
  return count.ok && count.value === 0 ? reject('is zero') : count
}

function parseThink(text: string): Parsed<number> {
  if (text === 'recorded') return accept(Number.MAX_SAFE_INTEGER)
  if (text === 'none') return accept(0)
  const us = text.startsWith('max=') ? parseDurationUs(text.slice(4)) : reject('is not known')
  return us.ok ? accept(Math.round(us.value / 1000)) : us
}

function parseExpect(text: string): Parsed<'replies' | 'all' | 'none'> {
  return text === 'replies' || text === 'all' || text === 'none' ? accept(text) : reject('is not known')
}
