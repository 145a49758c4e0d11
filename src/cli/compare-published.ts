/** `stress compare reports/published.json -- RUN…`: figures without runs behind them, beside runs. */
import { UsageError } from '../errors.ts'
import { createPaint } from '../report/paint.ts'
import { publishedLines } from '../report/published-lines.ts'
import { writeText } from '../report/write.ts'
import { refuseGates } from './baseline.ts'
import type { CompareContext } from './compare.ts'
import type { CompareFiles } from './parse-compare.ts'
import { readResults } from './read-results.ts'

/** Returns the exit code. @throws UsageError for a gate: there is no spread to tell a change from chance */
export async function comparePublished(command: CompareFiles, context: CompareContext): Promise<number> {
  const { stdin, stdout, signals } = context
  const mistakes = [
    ...refuseGates(command.thresholds),
    ...(command.failOnWorse ? refuseGates(['--fail-on-worse']) : []),
  ]
  if (mistakes.length > 0) throw new UsageError(mistakes)
  const runs = await readResults(command.head, { stdin, signal: signals.signal })
  const isColored = command.color && stdout.isTTY === true && stdout.hasColors()
  const width = stdout.columns || 80
  const blocks = runs.map(({ name, result }) =>
    [name, ...publishedLines(result, width, createPaint(isColored))].join('\n'),
  )
  await writeText(stdout, `${blocks.join('\n\n')}\n`)
  return 0
}
