/** What a run writes, and where to. */
import type { Mistake } from '../errors.ts'
import type { Output } from './plan.ts'
import { describeConflict, type Layer } from './settings.ts'

/** The outputs asked for; the text report goes to standard output unless something else does. */
export function resolveOutputs({ settings }: Layer, mistakes: Mistake[]): Output[] {
  const outputs: Output[] = []
  const asked = (settings.output ?? []).map((setting) => ({
    setting,
    name: 'output' as const,
    output: setting.value,
  }))
  const json = settings.json?.value === true ? [settings.json] : []
  const all = [
    ...asked,
    ...json.map((setting) => ({
      setting,
      name: 'json' as const,
      output: { format: 'json', path: null } as const,
    })),
  ]
  for (const { setting, name, output } of all) {
    const same = outputs.find(({ path }) => path === output.path)
    if (same === undefined) {
      outputs.push(output)
    } else if (same.format !== output.format || output.path !== null) {
      const problem =
        output.path === null ? 'wants standard output for a second format' : 'writes the same file twice'
      const example = '-o report.json -o report.txt'
      mistakes.push(describeConflict(name, setting, problem, 'each file and standard output once', example))
    }
  }
  if (outputs.every(({ path }) => path !== null)) outputs.push({ format: 'txt', path: null })
  return outputs
}
