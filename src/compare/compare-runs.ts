/** Two sets of runs of the same plan, held against one another. Pure; the unit of everything is the run. */
import type { ChangeFinding, Comparison, FigureChange } from '../result/comparison-schema.ts'
import type { TestResult } from '../result/run-result.ts'
import { readFigure } from '../thresholds/read-figure.ts'
import { type Difference, listDifferences, type NamedRun } from './comparable.ts'
import { compareFigure } from './compare-figure.ts'
import { type Figure, headlineFigures, nameFigure } from './figures.ts'
import { findOrder } from './run-order.ts'

export interface CompareOptions {
  /** Changes within this share count as none. */
  readonly margin: number
  /** Beside the headline figures, of the tests that have them. */
  readonly figures: readonly { readonly test: string | null; readonly figure: Figure }[]
}

const LEVEL = 0.99
/**
 * All intervals of a comparison of equal sets together miss at most so often: well under the one in twenty that is to hold,
 * since of 40 pairs three in a row of bad luck are no rarity at exactly that.
 */
const MOST_MISSED = 0.02

/** Both sides have at least one run, and the runs the same tests, else only those that both have are compared. */
export function compareRuns(
  base: readonly NamedRun[],
  head: readonly NamedRun[],
  options: CompareOptions,
): Comparison {
  const [before, after] = [sortByTime(base), sortByTime(head)]
  const chosen = chooseFigures(before, after, options)
  const count = chosen.reduce((sum, { figures }) => sum + figures.length, 0)
  const level = levelFor(count)
  const order = findOrder(before.map(startOf), after.map(startOf))
  const rules = { level, margin: options.margin, order }
  const tests = chosen.map(({ testType, figures }) => ({
    testType,
    figures: figures.map((figure) => {
      const read = ({ result }: NamedRun) => readFigure(figure, findTest(result.tests, testType)!)
      return compareFigure(figure, before.map(read), after.map(read), rules)
    }),
  }))
  const differences = listDifferences([...before, ...after])
  return {
    base: describeSide(before),
    head: describeSide(after),
    level,
    margin: options.margin,
    order,
    finding: summarize(tests.flatMap(({ figures }) => figures)),
    tests,
    differences,
    notes: listNotes(before, after, order, differences),
  }
}

/** Of each of so many intervals. */
export function levelFor(figures: number): number {
  return Math.max(LEVEL, 1 - MOST_MISSED / Math.max(1, figures))
}

export function summarize(figures: readonly FigureChange[]): ChangeFinding {
  const found = new Set(figures.map(({ finding }) => finding))
  if (found.has('worse')) return 'worse'
  if (found.has('better')) return 'better'
  return found.size === 1 && found.has('same') ? 'same' : 'cannot-tell'
}

function chooseFigures(
  base: readonly NamedRun[],
  head: readonly NamedRun[],
  { figures: more }: CompareOptions,
): { testType: string; figures: Figure[] }[] {
  const runs = [...base, ...head].map(({ result }) => result.tests)
  const shared = runs[0]!.filter(({ testType }) => runs.every((tests) => findTest(tests, testType)))
  return shared.map((test) => {
    const { testType } = test
    const own = more.filter((one) => one.test === null || one.test === testType).map(({ figure }) => figure)
    const all = [...headlineFigures(test), ...own]
    const unique = [...new Map(all.map((figure) => [nameFigure(figure), figure])).values()]
    // A server that nobody could look at has no figures; those that were asked for say so.
    const isThere = (figure: Figure): boolean =>
      own.includes(figure) ||
      !figure.metric.startsWith('server_') ||
      runs.some((tests) => readFigure(figure, findTest(tests, testType)!).value !== null)
    return { testType, figures: unique.filter(isThere) }
  })
}

function listNotes(
  base: readonly NamedRun[],
  head: readonly NamedRun[],
  order: Comparison['order'],
  differences: readonly Difference[],
): Comparison['notes'] {
  const notes: Comparison['notes'] = []
  if (differences.length > 0) {
    const message = 'these runs are not comparable; what differs may be the whole change'
    notes.push({ code: 'not-comparable', message })
  }
  if (order === 'apart') {
    const message =
      'the sets were not made in turn: what drifted between them looks like change, so it has to be beyond the margin'
    notes.push({ code: 'apart', message })
  }
  const versions = [...new Set([...base, ...head].map(({ result }) => result.tool.version))]
  if (versions.length > 1) {
    notes.push({
      code: 'tool-version',
      message: `made by different versions of this tool: ${versions.join(', ')}`,
    })
  }
  return notes
}

function describeSide(runs: readonly NamedRun[]): Comparison['base'] {
  return {
    runs: runs.length,
    names: runs.map(({ name }) => name),
    from: runs[0]!.result.startedAt,
    to: runs.at(-1)!.result.finishedAt,
  }
}

function sortByTime(runs: readonly NamedRun[]): NamedRun[] {
  return [...runs].sort((a, b) => startOf(a) - startOf(b))
}

function startOf({ result }: NamedRun): number {
  return Date.parse(result.startedAt)
}

function findTest(tests: readonly TestResult[], testType: string): TestResult | undefined {
  return tests.find((test) => test.testType === testType)
}
