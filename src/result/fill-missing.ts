/** What files of `schemaVersion` 1 lack that were written before the field was there: nothing was measured then. */

const INTERVAL = {
  p999Us: null,
  serviceP50Us: null,
  serviceP99Us: null,
  serviceP999Us: null,
  deliveriesExpected: null,
  errors: {},
  closeCodes: {},
}
const TEST = { latencyWindows: null, findings: [] }

/** A parsed file with the fields that it may lack. What has another shape than a result stays as it is. */
export function fillMissing(file: unknown): unknown {
  if (!isObject(file)) return file
  return { ...file, tests: each(file.tests, fillTest) }
}

function fillTest(test: Readonly<Record<string, unknown>>): unknown {
  return { ...TEST, ...test, intervals: each(test.intervals, (interval) => ({ ...INTERVAL, ...interval })) }
}

function each(items: unknown, fill: (item: Readonly<Record<string, unknown>>) => unknown): unknown {
  return Array.isArray(items) ? items.map((item) => (isObject(item) ? fill(item) : item)) : items
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
