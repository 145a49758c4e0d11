import { distance } from 'fastest-levenshtein'

/** The name that was probably meant: at most a third of its letters differ. Null when none is near. */
export function nearestName(written: string, names: readonly string[]): string | null {
  let best: string | null = null
  let least = Number.POSITIVE_INFINITY
  for (const name of names) {
    const edits = distance(written.toLowerCase(), name)
    if (edits < least) [best, least] = [name, edits]
  }
  return best !== null && least <= Math.max(2, best.length / 3) ? best : null
}
