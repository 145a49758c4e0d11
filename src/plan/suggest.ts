import { closest, distance } from 'fastest-levenshtein'

/** The name that was probably meant (a third of its letters may differ, of short ones half), or null when none is near. */
export function suggestName(text: string, names: readonly string[]): string | null {
  if (names.length === 0) return null
  const nearest = closest(text, names)
  const allowed = Math.max(Math.floor(Math.min(nearest.length, 5) / 2), Math.floor(nearest.length / 3))
  return distance(text, nearest) <= allowed ? nearest : null
}
