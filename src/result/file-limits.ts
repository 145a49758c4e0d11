/** How much a saved result may hold: more than any run writes, and little enough for every reader of it. */

const MAX_TESTS = 100
const MAX_ITEMS = 10_000
const MAX_FIELDS = 20_000
const MAX_CHARACTERS = 10_000
const MAX_HISTOGRAM_CHARACTERS = 400_000
/** Deeper than a result goes. */
const MAX_DEPTH = 12
/** Over the kernel's largest size (2^64), under what breaks arithmetic. */
const MAX_NUMBER = 2e19

/** Something in a file that is not as it has to be. */
export interface Flaw {
  readonly path: readonly PropertyKey[]
  readonly value: unknown
  readonly problem: string
  readonly accepted: string
}

/** The first thing that is too much or no name of a field, asked before anything else looks at the file; null: none. */
export function findExcess(value: unknown, depth = 0, key: PropertyKey = ''): Flaw | null {
  if (typeof value === 'string') {
    const most = key === 'histograms' || key === 'histogram' ? MAX_HISTOGRAM_CHARACTERS : MAX_CHARACTERS
    return value.length > most ? exceed(`has ${value.length} characters`, most) : null
  }
  if (typeof value === 'number') {
    return Math.abs(value) <= MAX_NUMBER ? null : exceed('is greater than anything measured', MAX_NUMBER)
  }
  if (typeof value !== 'object' || value === null) return null
  if (depth > MAX_DEPTH) return exceed('is nested too deeply', `${MAX_DEPTH} levels`)
  if (Array.isArray(value)) {
    const most = key === 'tests' ? MAX_TESTS : MAX_ITEMS
    if (value.length > most) return exceed(`has ${value.length} items`, most)
    return findFirst(value.entries(), (item, index) => findExcess(item, depth + 1, index))
  }
  const fields = Object.entries(value)
  if (fields.length > MAX_FIELDS) return exceed(`has ${fields.length} fields`, MAX_FIELDS)
  return findFirst(fields, (field, name) => {
    if (name.length > MAX_CHARACTERS || name in Object.prototype)
      return { path: [], value: '', problem: 'is no name of a field', accepted: 'the fields of a result' }
    return findExcess(field, depth + 1, key === 'histograms' ? key : name)
  })
}

function findFirst<K extends PropertyKey>(
  entries: Iterable<[K, unknown]>,
  find: (value: unknown, key: K) => Flaw | null,
): Flaw | null {
  for (const [key, value] of entries) {
    const flaw = find(value, key)
    if (flaw !== null) return { ...flaw, path: [key, ...flaw.path] }
  }
  return null
}

function exceed(problem: string, most: number | string): Flaw {
  return { path: [], value: '', problem, accepted: typeof most === 'string' ? most : `up to ${most}` }
}
