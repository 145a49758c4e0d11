/** The Test Anything Protocol, version 14 (testanything.org). */
import type { ReportFormat } from './report-lines.ts'

export const tap: ReportFormat = {
  head: ({ dialect, url, total }) => `TAP version 14\n# ${dialect} at ${url}\n1..${total}\n`,
  result: ({ suite, name, outcome }, number) => {
    const title = escapeTitle(`${suite}: ${name}`)
    switch (outcome.state) {
      case 'pass':
        return `ok ${number} - ${title}\n${outcome.figures === '' ? '' : `# ${outcome.figures}\n`}`
      case 'skip':
        return `ok ${number} - ${title} # SKIP ${outcome.reason}\n`
      case 'fail':
        return `not ok ${number} - ${title}\n${renderDetails(outcome)}`
    }
  },
  end: (_results, _durationMs, interrupted) => (interrupted ? 'Bail out! interrupted\n' : ''),
}

/** Indented YAML, in single quotes, where only the quote itself is special: the texts have no line breaks. */
function renderDetails({ expected, seen }: { expected: string; seen: string }): string {
  const scalar = (text: string): string => `'${text.replaceAll("'", "''")}'`
  return `  ---\n  expected: ${scalar(expected)}\n  seen: ${scalar(seen)}\n  ...\n`
}

/** A bare `#` would begin a directive. */
function escapeTitle(title: string): string {
  return title.replace(/[\\#]/g, '\\$&')
}
