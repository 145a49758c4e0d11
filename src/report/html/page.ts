/** The page around: one file that loads nothing, and runs no script but its own. */
import { createHash } from 'node:crypto'
import { readChartLibrary } from './assets.ts'
import { type Chart, embedCharts } from './chart.ts'
import { CHART_SCRIPT, SHARP_SCRIPT } from './chart-script.ts'
import { html, type Markup, trusted } from './markup.ts'
import { STYLE } from './style.ts'

export interface Page {
  readonly title: string
  /** Header with the one h1, main, footer. */
  readonly body: Markup
  readonly charts: readonly Chart[]
}

export function renderPage({ title, body, charts }: Page): string {
  const library = readChartLibrary()
  const script = `${SHARP_SCRIPT}\n${library.script}\n${CHART_SCRIPT}`
  const style = `${library.style}\n${STYLE}`
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
${body}
<p id="live" class="hidden" role="status"></p>
${embedCharts(charts)}
<script>${trusted(script)}</script>
</body>
</html>
`
  return page.text
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
