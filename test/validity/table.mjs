/** What the laboratory found, as text. */
import { spread } from '../bench/statistics.mjs'

/** Name, factor and digits of each figure that the judgement uses, or might. */
const FIGURES = [
  ['judged ms', (run) => run.figures.judgedMs, 1, 0],
  ['msg/s', (run) => run.figures.perSecond, 1, 0],
  ['sent share', (run) => run.figures.sentShare, 100, 2],
  ['lag P99 ms', (run) => run.figures.lagP99Us, 1e-3, 3],
  ['response P99 ms', (run) => run.figures.responseP99Us, 1e-3, 3],
  ['lag / response', (run) => run.figures.lagShare, 100, 1],
  ['loop busy', (run) => run.figures.loopBusy, 100, 1],
  ['core wait', (run) => run.figures.coreWait, 100, 1],
  ['ran', (run) => run.ran, 100, 1],
  ['waited for a core', (run) => run.waitedForCore, 100, 1],
  ['others, of a core', (run) => run.others, 100, 1],
  ['server CPU', (run) => run.figures.serverCpu, 1, 1],
  ['busiest thread', (run) => run.figures.busiestThread, 1, 1],
]

export function formatCase({ name, expect, skipped, results }) {
  if (skipped !== null) return `${name}  skipped: ${skipped}\n\n`
  const lines = [
    `${name}  ${score(results)}  (expected ${expect.state.join('|')}, ${expect.limitedBy.join('|')})`,
  ]
  const runs = results.flatMap(({ tests, ...run }) => tests.map((test) => ({ ...run, ...test })))
  for (const [said, count] of tally(results.flatMap(describe))) lines.push(`    ${count} x ${said}`)
  for (const testType of new Set(runs.map((run) => run.testType))) {
    const ofType = runs.filter((run) => run.testType === testType)
    for (const [title, pick, scale, digits] of FIGURES) {
      const { count, min, median, max } = spread(ofType.map(pick).filter((value) => value !== null))
      if (count === 0) continue
      const shown = [min, median, max].map((value) => (value * scale).toFixed(digits)).join(' - ')
      lines.push(`    ${testType} ${title}: ${shown}${count < ofType.length ? ` (of ${count})` : ''}`)
    }
  }
  return `${lines.join('\n')}\n\n`
}

/** Of disturbed runs nothing is said. */
function score(results) {
  const quiet = results.filter(({ disturbed }) => !disturbed)
  const right = quiet.filter((result) => result.right).length
  const disturbed = results.length - quiet.length
  return [
    `${right} of ${quiet.length} right`,
    ...(right < quiet.length ? ['WRONG'] : []),
    ...(disturbed > 0 ? [`(${disturbed} disturbed by others)`] : []),
  ].join('  ')
}

/** One line for each test of a run, or what it said instead of a report. */
function describe({ code, signal, tests, problem, right, disturbed }) {
  const wrong = right ? '' : disturbed ? '  << disturbed' : '  << WRONG'
  if (problem !== null) return [`exit ${code ?? signal}: ${problem}${wrong}`]
  return tests.map(({ testType, state, limitedBy, reasons }) => {
    const codes = reasons.map((reason) => reason.code).join(' ')
    return `exit ${code} ${testType} ${state}, ${limitedBy} [${codes}]${wrong}`
  })
}

function tally(lines) {
  const counts = new Map()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])
}

export function formatSummary(cases) {
  const lines = cases.map(({ name, skipped, results }) => {
    return `${name.padEnd(24)} ${skipped === null ? score(results) : 'skipped'}`
  })
  return `${lines.join('\n')}\n`
}
