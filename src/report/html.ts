/** A result as a page: one file that can be sent to somebody, with charts, and all they show in words and tables too. */
import type { RunResult } from '../result/run-result.ts'
import { waitsForReplies } from './footnotes.ts'
import {
  renderEnvironment,
  renderErrors,
  renderNotes,
  renderPublished,
  renderResources,
} from './html/appendix.ts'
import { renderBaseline } from './html/comparison.ts'
import { renderFindings, renderThresholds } from './html/gate.ts'
import { nameTarget, renderHeader, renderVerdict } from './html/headline.ts'
import { html, type Markup } from './html/markup.ts'
import { renderPage } from './html/page.ts'
import { chartsOf, renderOverview, renderTest } from './html/test-section.ts'
import { findBadge } from './verdict.ts'

/** Values that all series over time draw together: what keeps the page small, whatever the length of the tests. */
const MOST_VALUES = { test: 600, page: 1200 }

/** The whole page. Pure; reads uPlot's files the first time. */
export function renderHtml(result: RunResult): string {
  const { tests } = result
  const most = Math.min(MOST_VALUES.test, Math.floor(MOST_VALUES.page / Math.max(1, tests.length)))
  const sections = tests.map((test, index) => {
    const id = idOf(index)
    return { test, id, charts: chartsOf(test, { id, most }) }
  })
  const body = html`${renderHeader(result)}
<main>
${renderVerdict(result)}
${renderThresholds(result)}
${renderFindings(result)}
${renderBaseline(result.comparison)}
${tests.length > 1 ? renderOverview(tests, idOf) : null}
${sections.map(({ test, id, charts }) => renderTest(test, id, charts))}
${renderErrors(result)}
${renderResources(result)}
${renderPublished(result)}
${renderEnvironment(result)}
${renderNotes(result)}
</main>
${renderFooter(result)}`
  const title = `${findBadge(result).text}: ${nameTarget(result)}, ${tests.map(({ testType }) => testType).join(', ')}`
  return renderPage({ title, body, charts: sections.flatMap(({ charts }) => charts) })
}

function idOf(index: number): string {
  return `test-${index + 1}`
}

function renderFooter({ tests }: RunResult): Markup {
  const closed = tests.some(waitsForReplies)
    ? html`<p><b>closed</b> each message waits for the reply before: a server that stalls slows the load, so that stalls hardly show. With <code>--rate</code> they do.</p>`
    : null
  return html`<footer>
<p><b>~</b> under ten samples beyond the percentile, or a rate of less than a second. <b>–</b> not measured, too few samples, or not applicable. <b>&gt; 5 s</b> the percentile falls among messages that never got a reply.</p>
${closed}
<p class="screen">In the charts: drag to zoom, double click to see all again, click a name to hide its line. With the keyboard: arrows read values, + and − zoom, 0 shows all.</p>
</footer>`
}
