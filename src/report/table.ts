/** A result as text for a terminal or a file. Pure. */
import { isFanOutTest } from '../plan/plan.ts'
import type { RunResult, TestResult } from '../result/run-result.ts'
import { comparisonLines } from './comparison/table.ts'
import { cycleLines } from './cycle-lines.ts'
import { errorLines, errorsInOneLine } from './error-lines.ts'
import { findingLines } from './finding-lines.ts'
import { fitSections, type Section } from './fit-sections.ts'
import { footnoteLines } from './footnotes.ts'
import { environmentLine, testDetails } from './full-details.ts'
import { createPaint, type Paint } from './paint.ts'
import { publishedLines } from './published-lines.ts'
import { resourceTable } from './resource-table.ts'
import { stepLines } from './step-lines.ts'
import { findCount } from './test-figures.ts'
import { tallyLines, testRow, testsHead, trendTable } from './tests-table.ts'
import { thresholdLines } from './threshold-lines.ts'
import { quietLine, reasonLines, titleLine, verdictLines } from './verdict.ts'
import { wrap } from './wrap.ts'

export interface ReportOptions {
  /** Columns of the terminal; less than 60 is taken as 60, 0 (a terminal that does not know) as 80. */
  readonly width: number
  readonly color: boolean
  readonly verbosity: 'quiet' | 'default' | 'full'
  /** The tests were printed by renderTest() as they ended: leave title and table out. */
  readonly streamed: boolean
  /** Files that were written, to be named at the end. */
  readonly written: readonly string[]
}

const MOST_LINES = { single: 14, several: 25 }
const MOST_THRESHOLDS = 4
const MOST_ERRORS = 3
const MOST_STEPS = 5
const NARROWEST = 60
const USUAL_WIDTH = 80

/** The whole report, ending in a newline: at most 14 lines for one test and 25 for several, unless `full`; `quiet` is one. */
export function renderReport(result: RunResult, options: ReportOptions): string {
  const paint = createPaint(options.color)
  if (options.verbosity === 'quiet') return `${quietLine(result, paint)}\n`
  const width = usableWidth(options.width)
  const above = options.streamed ? streamedRows(result, paint) : []
  const usual = result.tests.length > 1 ? MOST_LINES.several : MOST_LINES.single
  const baseline = baselineLines(result, width, paint).length
  const most = baseline === 0 ? usual : usual + baseline + 1
  // Above the rows that were printed already stand title, blank line and heading; below them a blank line.
  const limit = options.streamed ? most - above.length - 4 : most
  const lines = fitSections(
    listBody(result, { ...options, width }, paint),
    (kept) => footnoteLines(result, [...above, ...kept], width, paint),
    [
      { rank: 0, apart: false, lines: writtenLines(options.written, width, paint) },
      { rank: 5, apart: false, lines: nextLines(result, paint) },
    ],
    options.verbosity === 'full' ? Number.POSITIVE_INFINITY : limit,
  )
  return `${options.streamed ? '\n' : ''}${lines.join('\n')}\n`
}

/** A test of several, to be printed when it ends; the first one brings the title and the heading along. */
export function renderTest(
  test: TestResult,
  soFar: RunResult,
  options: Pick<ReportOptions, 'width' | 'color'>,
): string {
  const paint = createPaint(options.color)
  const width = usableWidth(options.width)
  const isFirst = soFar.tests.length <= 1
  const head = isFirst ? [titleLine(withoutLoad(soFar), width, paint), '', testsHead(paint)] : []
  return `${[...head, ...testRow(test, paint)].join('\n')}\n`
}

function listBody(result: RunResult, options: ReportOptions, paint: Paint): Section[] {
  const { width, streamed } = options
  const full = options.verbosity === 'full'
  const all = Number.POSITIVE_INFINITY
  const details = full
    ? [
        ...result.tests.flatMap((test) => testDetails(test, width, paint)),
        wrap(environmentLine(result), width, '  ').map(paint.dim),
      ]
    : []
  return [
    { rank: 0, apart: false, lines: streamed ? [] : [titleLine(result, width, paint)] },
    { rank: 0, apart: false, lines: verdictLines(result, width, paint) },
    { rank: 0, apart: false, lines: thresholdLines(result, width, full ? all : MOST_THRESHOLDS, paint) },
    { rank: full ? 0 : 1, apart: false, lines: reasonLines(result, width, paint, full) },
    { rank: 0, apart: false, lines: findingLines(result, width, paint) },
    { rank: 0, apart: false, lines: warningLines(result, width, paint, (code) => KEPT_WARNINGS.has(code)) },
    { rank: 2, apart: false, lines: warningLines(result, width, paint, (code) => !KEPT_WARNINGS.has(code)) },
    ...(streamed ? [] : testSections(result, width, paint)),
    {
      rank: 1,
      apart: true,
      lines: errorLines(result, width, full ? all : MOST_ERRORS, paint),
      instead: errorsInOneLine(result, width, paint),
    },
    { rank: 0, apart: true, lines: baselineLines(result, width, paint) },
    // Nobody asks what it cost to reach nothing.
    { rank: 3, apart: true, lines: hasOpened(result) ? resourceTable(result, paint) : [] },
    { rank: 4, apart: true, lines: publishedLines(result, width, paint) },
    ...details.map((lines) => ({ rank: 0, apart: true, lines })),
  ]
}

/** A reader who asked for a baseline wants all of it: the report then has so many lines more. */
function baselineLines({ comparison }: RunResult, width: number, paint: Paint): string[] {
  return comparison === null ? [] : comparisonLines({ comparison, thresholds: [] }, width, paint)
}

/** Of one test with fan-out, and of a flow, the distributions behind the first give way before the errors do. */
function testSections({ tests }: RunResult, width: number, paint: Paint): Section[] {
  const [only] = tests
  if (tests.length === 0 || only === undefined) return []
  if (tests.length > 1) {
    const rows = tests.flatMap((test) => testRow(test, paint))
    return [{ rank: 0, apart: true, lines: [testsHead(paint), ...rows] }]
  }
  // The steps of a search have the percentiles of each load.
  const table =
    only.steps.length > 0
      ? stepLines(only, width, MOST_STEPS, paint)
      : only.testType === 'leak'
        ? cycleLines(only, paint)
        : trendTable(only, paint)
  const keep = only.plan.fanOut === null && only.testType !== 'flow' ? table.length : 2
  return [
    { rank: 0, apart: true, lines: table.slice(0, keep) },
    { rank: only.testType === 'flow' ? 0.5 : 1.5, apart: false, lines: table.slice(keep) },
    { rank: 0, apart: false, lines: tallyLines(only, width) },
  ]
}

function hasOpened({ tests }: RunResult): boolean {
  return tests.some((test) => findCount(test, 'connections_opened') !== 0)
}

/** Why a test came to no good end, and that it is several. */
const KEPT_WARNINGS: ReadonlySet<string> = new Set(['server-ended', 'all-closed', 'merged'])

function warningLines(
  result: RunResult,
  width: number,
  paint: Paint,
  wanted: (code: string) => boolean,
): string[] {
  const warnings = result.tests.flatMap((test) => test.warnings).filter(({ code }) => wanted(code))
  const texts = new Set(warnings.map(({ message }) => message))
  return [...texts].flatMap((text) => wrap(`note: ${text}`, width, '  ')).map(paint.warn)
}

function writtenLines(written: readonly string[], width: number, paint: Paint): string[] {
  return written.length === 0 ? [] : wrap(`written: ${written.join(', ')}`, width, '  ').map(paint.dim)
}

const NEXT_GATES: Readonly<Record<string, string>> = {
  'slow-consumer': "--threshold 'slow_p99_after<100ms'",
  broadcast: '--threshold deliveries_lost==0',
  push: "--threshold 'error_ratio<0.1%'",
  heartbeat: '--test-type heartbeat --threshold ping_ratio==1',
  reconnect: '--test-type reconnect --threshold return_ratio==1',
  leak: "--test-type leak --threshold 'leak_per_connection<100B'",
  idle: '--test-type idle --threshold connections_closed:count==0',
  flow: "--threshold 'p99<1s' --threshold flows_failed==0",
}

/** The command that is worth typing next; nothing after a gate, which is no place to try things. */
function nextLines(result: RunResult, paint: Paint): string[] {
  const { demo, url } = result.target
  if (result.thresholds.length > 0) return []
  const [first] = result.tests
  const gates = NEXT_GATES[first?.testType ?? ''] ?? "--threshold 'p99<50ms' --threshold 'error_ratio<0.1%'"
  const flow = first?.plan.groups.find((group) => group.flow !== null)?.flow ?? null
  const start = flow === null ? 'stress' : `stress ${flow}`
  const gate = !demo
    ? `${start} ${url} … ${gates}`
    : flow !== null
      ? `${start} ws://HOST/PATH … ${gates}`
      : first !== undefined && (isFanOutTest(first.testType) || first.testType === 'push')
        ? `stress ws://HOST/PATH --test-type ${first.testType} ${gates}`
        : `stress ws://HOST/PATH --rate 1k/s -d 30s --threshold 'p99<50ms'`
  const { dialect } = result.target
  const speech = dialect === 'echo' || demo ? '' : ` --dialect ${dialect}`
  const command = result.status === 'failed' ? `${start} ${url}${speech} --debug` : gate
  return [`${paint.dim('next:')} ${paint.command(command)}`]
}

/** The rows that renderTest() has printed for this result. */
function streamedRows(result: RunResult, paint: Paint): string[] {
  return result.tests.flatMap((test) => testRow(test, paint))
}

function usableWidth(width: number): number {
  return width === 0 ? USUAL_WIDTH : Math.max(NARROWEST, width)
}

/** The title of several tests names no single load, though only the first has ended. */
function withoutLoad(result: RunResult): RunResult {
  const [first] = result.tests
  return first === undefined ? result : { ...result, tests: [first, first] }
}
