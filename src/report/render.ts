/** A result in the format that an output asks for: the one place that knows all of them. Pure. */
import type { OutputFormat } from '../plan/plan.ts'
import type { RunResult } from '../result/run-result.ts'
import { renderCsv } from './csv.ts'
import { renderHlog } from './hlog.ts'
import { renderHtml } from './html.ts'
import { renderHtmlSideBySide } from './html-together.ts'
import { renderJson } from './json.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown/markdown.ts'
import { renderMarkdownSideBySide } from './markdown/side-by-side.ts'
import { renderOpenMetrics } from './openmetrics/openmetrics.ts'
import { type NamedResult, renderSideBySide } from './side-by-side.ts'
import { type ReportOptions, renderReport } from './table.ts'

/** What is not in the result: how much the reader wants. Only text has more than one length. */
export type RenderOptions = Pick<ReportOptions, 'verbosity'>

type Renderer = (result: RunResult, options: RenderOptions) => string

const FILE_WIDTH = 100

const RENDERERS: Readonly<Record<OutputFormat, Renderer>> = {
  txt: (result, { verbosity }) =>
    renderReport(result, { width: FILE_WIDTH, color: false, verbosity, streamed: false, written: [] }),
  json: renderJson,
  html: renderHtml,
  md: renderMarkdown,
  xml: renderJunit,
  csv: renderCsv,
  hlog: renderHlog,
  prom: renderOpenMetrics,
}

/** The whole text of a file in this format. */
export function render(format: OutputFormat, result: RunResult, options: RenderOptions): string {
  return RENDERERS[format](result, options)
}

/** The formats that have place for several results. */
const TOGETHER: Readonly<
  Partial<Record<OutputFormat, (runs: readonly NamedResult[], options: RenderOptions) => string>>
> = {
  txt: (runs, { verbosity }) =>
    renderSideBySide(runs, { width: FILE_WIDTH, color: false, verbosity, written: [], notes: [] }),
  md: renderMarkdownSideBySide,
  html: renderHtmlSideBySide,
}
export const FORMATS_OF_SEVERAL: readonly string[] = Object.keys(TOGETHER)

/** A file with several results side by side; null: the format has place for one. */
export function renderTogether(
  format: OutputFormat,
  runs: readonly NamedResult[],
  options: RenderOptions,
): string | null {
  return TOGETHER[format]?.(runs, options) ?? null
}
