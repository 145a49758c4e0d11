import { escapeControls } from '../../plan/escape-controls.ts'
import { type Family, type Labels, mergeFamilies, type Sample } from './family.ts'

/**
 * Two formats that differ in how they name a counter. `either` is read by both, strictly, and so leaves the type of
 * counters out; a server can ask what its reader takes.
 */
export type TextForm = 'openmetrics' | 'prometheus' | 'either'

/** OpenMetrics 1.0 or Prometheus' text format 0.0.4. */
export function writeFamilies(families: readonly Family[], form: TextForm): string {
  const lines = mergeFamilies(families).flatMap((family) => writeFamily(family, form))
  return [...lines, ...(form === 'prometheus' ? [] : ['# EOF'])].map((line) => `${line}\n`).join('')
}

function writeFamily({ name, type, unit, help, samples }: Family, form: TextForm): string[] {
  const isCounter = type === 'counter'
  const sampled = isCounter ? `${name}_total` : name
  const described = isCounter && form !== 'openmetrics' ? sampled : name
  const isTyped = !isCounter || form !== 'either'
  return [
    `# HELP ${described} ${escapeText(help)}`,
    ...(isTyped ? [`# TYPE ${described} ${type}`] : []),
    ...(isTyped && unit !== '' && form !== 'prometheus' ? [`# UNIT ${described} ${unit}`] : []),
    ...samples.map((sample) => writeSample(sampled, sample)),
  ]
}

function writeSample(name: string, { suffix, labels, value }: Sample): string {
  return `${name}${suffix}${writeLabels(labels)} ${value}`
}

function writeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeText(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** In one line of characters that can be seen; then what both formats escape. */
function escapeText(text: string): string {
  return escapeControls(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}
