/** The flow of a group, and the rows and variables that it works with. */
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Mistake } from '../errors.ts'
import { readDataRows } from './data-rows.ts'
import type { DataRow, FlowSettings } from './plan.ts'
import { type ReadFile, readNamedFile } from './read-source.ts'
import { describeConflict, type Layer } from './settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const IDLE_US = 30_000_000

/** Builds it; what is wrong is added to `mistakes`. Null: no module is named. */
export function resolveFlow(
  { settings }: Layer,
  group: { readonly name: string; readonly count: number },
  env: Environment,
  readFile: ReadFile,
  mistakes: Mistake[],
): FlowSettings | null {
  const { flow } = settings
  const rows = resolveRows({ settings }, group.count, readFile, mistakes)
  const variables = resolveVariables({ settings }, env, mistakes)
  if (flow === undefined) {
    mistakes.push({
      where: '--flow',
      value: '',
      problem: `is missing, and says what the clients of ${group.name} do`,
      accepted: 'a module ending in .mjs, .js, .ts or .mts',
      example: 'stress flow.mjs ws://127.0.0.1:9001',
    })
    return null
  }
  const { value, folder } = flow
  return {
    path: locate(value, folder),
    rows,
    env: variables,
    idleUs: settings.flowTimeout?.value ?? IDLE_US,
  }
}

/** A name in a scenario file starts from that file's folder; in code it may be a file: address. */
function locate(value: string, folder: string): string {
  try {
    if (value.startsWith('file:')) return fileURLToPath(value)
  } catch {
    // A host or a %2F in it: no such file, which loading it says.
  }
  return isAbsolute(value) ? value : resolve(join(folder, value))
}

function resolveRows(
  { settings }: Pick<Layer, 'settings'>,
  count: number,
  readFile: ReadFile,
  mistakes: Mistake[],
): readonly DataRow[] {
  const { data, dataMode } = settings
  if (data === undefined) {
    if (dataMode !== undefined) {
      const problem = 'deals rows out, and there are none'
      mistakes.push(describeConflict('dataMode', dataMode, problem, 'with --data', '--data users.csv'))
    }
    return []
  }
  const content = readNamedFile(data.value, data.folder, readFile)
  const parsed = content.ok ? readDataRows(data.value, content.value) : content
  if (!parsed.ok) {
    const accepted = 'a .csv file with a line of names, or .jsonl'
    mistakes.push(describeConflict('data', data, parsed.problem, accepted, '--data users.csv'))
    return []
  }
  if (dataMode?.value === 'unique' && parsed.value.length < count) {
    const problem = `needs a row for each client: ${data.value} has ${parsed.value.length}, and there are ${count} clients`
    const accepted = `${count} rows or more, fewer connections, or cycle`
    mistakes.push(
      describeConflict('dataMode', dataMode, problem, accepted, `--connections ${parsed.value.length}`),
    )
  }
  return parsed.value
}

/** Those that are named, over all that begin with STRESS_. */
function resolveVariables(
  { settings }: Pick<Layer, 'settings'>,
  env: Environment,
  mistakes: Mistake[],
): Record<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith('STRESS_') && value !== undefined) found.set(name, value)
  }
  for (const setting of settings.var ?? []) {
    const { name } = setting.value
    const value = setting.value.value ?? env[name]
    if (value !== undefined) found.set(name, value)
    else {
      const problem = `names the variable ${name}, which is not set`
      mistakes.push(describeConflict('var', setting, problem, 'NAME=VALUE, or a set one', `--var ${name}=…`))
    }
  }
  return Object.fromEntries(found)
}
