import type { RunResult } from '../result/run-result.ts'

/** The result as JSON: keys as the result was built, metrics and other named values by name, two blanks, a newline at the end. */
export function renderJson(result: RunResult): string {
  const tests = result.tests.map((test) => ({
    ...test,
    metrics: sortByName(test.metrics),
    closeCodes: sortByName(test.closeCodes),
    histograms: sortByName(test.histograms),
  }))
  return `${JSON.stringify({ ...result, tests }, null, 2)}\n`
}

function sortByName<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
