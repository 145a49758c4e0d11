/** Lines of the live view: parts side by side that give way, from the end, where there is no room. */
import type { Paint } from '../paint.ts'
import { clip } from '../wrap.ts'

export interface Part {
  readonly text: string
  readonly kind: 'plain' | 'strong' | 'dim' | 'good' | 'bad' | 'warn'
}

/** Parts in one line of at most `width` characters; the first is clipped when even it is too long. */
export function joinParts(parts: readonly Part[], width: number, gap: string, paint: Paint): string {
  let shown = parts.filter(({ text }) => text !== '')
  while (shown.length > 1 && lengthOf(shown, gap) > width) shown = shown.slice(0, -1)
  return shown.map(({ text, kind }) => paintPart(clip(text, width), kind, paint)).join(gap)
}

/** How wide the parts are side by side. */
export function lengthOf(parts: readonly Part[], gap: string): number {
  return parts.reduce((sum, { text }) => sum + text.length, 0) + gap.length * Math.max(0, parts.length - 1)
}

function paintPart(text: string, kind: Part['kind'], paint: Paint): string {
  return kind === 'plain' ? text : paint[kind](text)
}
