/** JUnit's XML, as CI systems read it: a test suite each for the checks and the performance runs. */
import type { CheckResult } from './check.ts'
import { tally } from './report-lines.ts'

/** The whole document. */
export function renderJunit(results: readonly CheckResult[]): string {
  const suites = [...new Set(results.map(({ suite }) => suite))]
  const { failed, skipped } = tally(results)
  const counts = `tests="${results.length}" failures="${failed}" errors="0" skipped="${skipped}"`
  const body = suites.map((suite) =>
    renderSuite(
      suite,
      results.filter((result) => result.suite === suite),
    ),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="stress verify" ${counts} time="${sumSeconds(results)}">\n${body.join('')}</testsuites>\n`
}

function renderSuite(suite: string, results: readonly CheckResult[]): string {
  const { failed, skipped } = tally(results)
  const counts = `tests="${results.length}" failures="${failed}" errors="0" skipped="${skipped}"`
  const cases = results.map(renderCase).join('')
  return `  <testsuite name="${escapeXml(suite)}" ${counts} time="${sumSeconds(results)}">\n${cases}  </testsuite>\n`
}

function renderCase({ suite, name, outcome, durationMs }: CheckResult): string {
  const head = `    <testcase classname="stress.verify.${escapeXml(suite)}" name="${escapeXml(name)}" time="${seconds(durationMs)}"`
  switch (outcome.state) {
    case 'pass':
      return outcome.figures === ''
        ? `${head}/>\n`
        : `${head}>\n      <system-out>${escapeXml(outcome.figures)}</system-out>\n    </testcase>\n`
    case 'skip':
      return `${head}>\n      <skipped message="${escapeXml(outcome.reason)}"/>\n    </testcase>\n`
    case 'fail': {
      const { expected, seen } = outcome
      const message = escapeXml(`expected ${expected}, saw ${seen}`)
      return `${head}>\n      <failure message="${message}">${escapeXml(`expected  ${expected}\nseen      ${seen}`)}</failure>\n    </testcase>\n`
    }
  }
}

function sumSeconds(results: readonly CheckResult[]): string {
  return seconds(results.reduce((sum, { durationMs }) => sum + durationMs, 0))
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Characters that XML 1.0 cannot carry, in whatever form, are left out (section 2.2), lone surrogates included. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
