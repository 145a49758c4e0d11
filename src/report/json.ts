import { type RunResult, runResult } from '../result/run-result.ts'

/** The result as JSON: the contract's key order, metrics and other named values by name, two blanks, a newline at the end. */
export function renderJson(result: RunResult): string {
  // Parsing puts the keys in the order of the contract. A result that breaks it is a bug, but never one to lose a run over.
  const parsed = runResult.safeParse(result)
  const ordered = parsed.success ? parsed.data : result
  const tests = ordered.tests.map((test) => ({
    ...test,
    metrics: sortByName(test.metrics),
    closeCodes: sortByName(test.closeCodes),
    histograms: sortByName(test.histograms),
  }))
  return `${JSON.stringify({ ...ordered, tests }, null, 2)}\n`
}

function sortByName<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
