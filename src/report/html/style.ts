/** The page's style: from 360 px on, light and dark, on paper. Text has a contrast of 4.5 or more, lines of charts of 3. */
const LIGHT = `
  --page: #f6f7f9; --card: #ffffff; --ink: #16191d; --soft: #56606b; --line: #dfe3e8; --field: #8a939d; --accent: #0b57c2;
  --shade: #eef0f3; --good: #0f6b3a; --good-card: #e8f5ed; --warn: #7d4d00; --warn-card: #fdf3dc; --bad: #a8211b; --bad-card: #fdecea;
  --blue: #1668b8; --sky: #3f9fd6; --navy: #1b2f6b; --orange: #c65102; --amber: #9a7400; --green: #00795c; --pink: #b0468a; --grey: #7a838d;`

const DARK = `
  --page: #0f1216; --card: #171b21; --ink: #e9edf2; --soft: #a4aeb9; --line: #2c333c; --field: #6d7782; --accent: #86b8ff;
  --shade: #1f252d; --good: #86dba2; --good-card: #12281b; --warn: #f1c26e; --warn-card: #2c230f; --bad: #ff9f96; --bad-card: #321a19;
  --blue: #5aa9f2; --sky: #9bd6f7; --navy: #8f9df0; --orange: #ff9a52; --amber: #dcc04c; --green: #45cfa6; --pink: #ee95c9; --grey: #97a1ac;`

const TONES = ['blue', 'sky', 'navy', 'orange', 'amber', 'green', 'pink', 'grey']

export const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
:root[data-theme=light] { color-scheme: light; ${LIGHT} }
:root[data-theme=dark] { color-scheme: dark; ${DARK} }
:root[data-print] { color-scheme: light; ${LIGHT} }
@media print { :root, :root[data-theme] { color-scheme: light; ${LIGHT} } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 76rem; padding: 1.75rem clamp(1rem, 4vw, 2.5rem) 3rem;
  background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
h1, h2, h3, p, dl, dd, ul, figure { margin: 0; }
h1 { font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2.1rem); line-height: 1.2; font-weight: 680; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; }
h3 { font-size: 1rem; line-height: 1.4; font-weight: 620; }
a { color: var(--accent); }
code { font: .92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.head { display: grid; grid-template-columns: 1fr auto; gap: .3rem 1rem; align-items: start; margin-bottom: 1.5rem; }
.head > * { grid-column: 1 / -1; }
.head .tool { grid-column: 1; color: var(--soft); font-size: .875rem; align-self: center; }
.head #theme { grid-column: 2; }
.head .when { color: var(--soft); font-size: .875rem; }
button {
  font: inherit; font-size: .875rem; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: .45rem;
  padding: .3rem .7rem; cursor: pointer;
}
button:hover { border-color: var(--field); }
#theme { visibility: hidden; }
.js #theme { visibility: visible; }

.verdict { border-radius: .75rem; padding: 1rem 1.25rem; background: var(--tint); }
.verdict.good { --tone: var(--good); --tint: var(--good-card); }
.verdict.warn { --tone: var(--warn); --tint: var(--warn-card); }
.verdict.bad { --tone: var(--bad); --tint: var(--bad-card); }
.verdict h2 { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .9rem; font-size: 1.05rem; font-weight: 400; letter-spacing: 0; }
.verdict .badge { color: var(--tone); font-size: 1.25rem; font-weight: 750; letter-spacing: .01em; white-space: nowrap; }
.verdict .saying { flex: 1 1 20rem; }
.reasons { padding-left: 1.2rem; margin-top: .5rem; font-size: .95rem; }
.reasons li + li { margin-top: .25rem; }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1px; margin-top: 1rem; background: var(--line); border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; }
.figures div { background: var(--card); padding: .85rem 1.25rem 1rem; }
.figures dt { color: var(--soft); font-size: .875rem; }
.figures .value { font-size: 1.85rem; line-height: 1.25; font-weight: 680; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.figures .forest { vertical-align: middle; }
.forest .margin { fill: var(--shade); }
.forest .zero { stroke: var(--field); stroke-width: 1; }
.forest .whisker { stroke-width: 2.5; stroke-linecap: round; }
.forest .good { stroke: var(--good); fill: var(--good); }
.forest .warn { stroke: var(--warn); fill: var(--warn); }
.forest .bad { stroke: var(--bad); fill: var(--bad); }
.sign.warn { color: var(--warn); }
h3 + .scroll { margin-top: .4rem; }
.scroll + .scroll { margin-top: .8rem; }
.note { color: var(--soft); font-size: .85rem; line-height: 1.4; }
.figures .bad .value { color: var(--bad); }

main > section:not(.verdict) { margin-top: 2.5rem; }
main > section:not(.verdict) > h2 { margin-bottom: .6rem; }
.test { border-top: 1px solid var(--line); padding-top: 1.6rem; }
main > .test > h2:first-child { text-transform: capitalize; margin-bottom: 0; font-size: 1.5rem; }
.test > .load { color: var(--soft); margin-bottom: .9rem; }
.tally { margin: .6rem 0 0; font-variant-numeric: tabular-nums; white-space: pre-wrap; }

.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; font-variant-numeric: tabular-nums; }
th, td { padding: .45rem .9rem; text-align: left; font-weight: 400; vertical-align: baseline; }
tr > :first-child { padding-left: 1.1rem; }
tr > :last-child { padding-right: 1.1rem; }
thead th { color: var(--soft); font-size: .825rem; white-space: nowrap; }
tbody tr { border-top: 1px solid var(--line); }
tbody th { font-weight: 550; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
.sign { font-weight: 650; white-space: nowrap; }
.sign.good { color: var(--good); }
.sign.bad { color: var(--bad); }
.sign.unknown { color: var(--warn); }
.thresholds { list-style: none; padding: 0; display: grid; grid-template-columns: auto auto auto 1fr; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; font-size: .95rem; }
.thresholds li { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; gap: 0 1.5rem; align-items: baseline; padding: .5rem 1.1rem; }
.thresholds li + li { border-top: 1px solid var(--line); }
.thresholds b { text-align: right; font-weight: 650; font-variant-numeric: tabular-nums; white-space: nowrap; }
.thresholds li > span:last-child { color: var(--soft); }
.findings { list-style: none; padding: 0; display: grid; gap: .4rem; }
.findings li { display: flex; gap: .6rem; }
.forest { vertical-align: middle; }
.forest .margin { fill: var(--shade); }
.forest .zero { stroke: var(--field); stroke-width: 1; }
.forest .whisker { stroke-width: 2.5; stroke-linecap: round; }
.forest .good { stroke: var(--good); fill: var(--good); }
.forest .warn { stroke: var(--warn); fill: var(--warn); }
.forest .bad { stroke: var(--bad); fill: var(--bad); }
.sign.warn { color: var(--warn); }
h3 + .scroll { margin-top: .4rem; }
.scroll + .scroll { margin-top: .8rem; }
.note { color: var(--soft); font-size: .9rem; margin-top: .5rem; }

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 29rem), 1fr)); gap: 1rem; margin: 1.1rem 0; }
.chart { display: flex; flex-direction: column; min-width: 0; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .9rem 1rem .8rem; }
.chart:last-child:nth-child(odd) { grid-column: 1 / -1; }
.chart .summary { color: var(--soft); font-size: .875rem; line-height: 1.45; margin-top: .1rem; }
.drawing { display: none; }
.js .drawing { display: block; margin-top: auto; padding-top: .5rem; }
.noscript { color: var(--soft); margin-top: 1rem; }
.js .noscript { display: none; }
.reading { position: relative; display: flex; flex-wrap: wrap; align-items: center; gap: 0 .75rem; min-height: 1.9rem; font-size: .825rem; }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0 .35rem; }
.legend li { display: flex; align-items: baseline; }
.legend button { display: inline-flex; align-items: center; gap: .35rem; border: 0; background: none; padding: .25rem .15rem; font-size: inherit; color: var(--ink); }
.legend button[aria-pressed=false] { color: var(--soft); text-decoration: line-through; }
.legend button[aria-pressed=false] svg { opacity: .3; }
.legend .scale { color: var(--soft); padding: .25rem .3rem; }
.legend svg { flex: none; }
.legend line, .tip line { stroke-width: 2.5; }
.chart .dashed { stroke-dasharray: 5 2.5; }
.chart .dotted { stroke-dasharray: 2 2.5; }
${TONES.map((tone) => `.stroke-${tone} { stroke: var(--${tone}); } .fill-${tone} { fill: var(--${tone}); }`).join('\n')}
.tip {
  position: absolute; top: 4px; z-index: 5; pointer-events: none; display: grid; gap: 0 .6rem; padding: .35rem .6rem; min-width: max-content;
  font-size: .8rem; line-height: 1.5; font-variant-numeric: tabular-nums; background: var(--card); border: 1px solid var(--line);
  border-radius: .4rem; box-shadow: 0 2px 10px rgb(0 0 0 / .14);
}
.tip[hidden], .tip [hidden] { display: none; }
.tip span { display: flex; align-items: center; gap: .4rem; }
.tip i { font-style: normal; font-weight: 620; margin-left: auto; padding-left: .9rem; }
.tip svg { flex: none; }
.reset { margin-left: auto; padding: .1rem .55rem; font-size: .8rem; }
.plot { height: 13.5rem; touch-action: pan-y; }
.uplot { font-family: inherit; }
.u-select { background: color-mix(in srgb, var(--accent) 18%, transparent); }
.u-hz .u-cursor-x, .u-vt .u-cursor-y { border-right: 1px dashed var(--field); }

details { margin-top: .6rem; }
summary { cursor: pointer; font-size: .9rem; color: var(--soft); width: fit-content; padding: .15rem 0; }
summary:hover { color: var(--ink); }
details[open] > summary { margin-bottom: .4rem; }
.data { margin-top: .35rem; }
.data summary { font-size: .825rem; }
.data .scroll { max-height: 22rem; overflow-y: auto; }
.data thead th, .data thead td { position: sticky; top: 0; background: var(--card); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 0 2rem; margin-top: .6rem; font-size: .925rem; }
.facts div { display: grid; grid-template-columns: 9rem 1fr; gap: .5rem; padding: .4rem 0; border-top: 1px solid var(--line); }
.facts dt { color: var(--soft); }
.facts dd { overflow-wrap: anywhere; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; color: var(--soft); font-size: .85rem; }
footer p + p { margin-top: .4rem; }

@media (max-width: 40rem) {
  body { padding-top: 1rem; }
  .figures { grid-template-columns: 1fr 1fr; }
  .figures div { padding: .7rem .9rem .8rem; }
  .figures .value { font-size: 1.4rem; }
  .verdict { padding: .85rem 1rem; }
  .chart { padding: .75rem .75rem .6rem; }
  th, td { padding: .4rem .6rem; }
  tbody th { white-space: normal; }
  .facts div { grid-template-columns: 7.5rem 1fr; }
  .thresholds { display: block; }
  .thresholds li { grid-template-columns: 1fr auto; gap: 0 1rem; padding: .6rem .9rem; }
  .thresholds code { grid-column: 1 / -1; grid-row: 1; }
  .thresholds li > span:last-child { grid-column: 1 / -1; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@page { margin: 13mm; }
@media print {
  body { max-width: none; padding: 0; background: #fff; font-size: 11.5pt; }
  #theme, .reset, .tip, .data, .screen, details:not([open]) { display: none; }
  .charts { grid-template-columns: 1fr 1fr; gap: .7rem; }
  .chart, .chart:last-child:nth-child(odd) { grid-column: auto; break-inside: avoid; padding: .6rem .8rem; }
  .plot { height: auto; }
  .uplot, .u-wrap { width: 100% !important; height: auto !important; }
  .uplot canvas { width: 100% !important; height: auto !important; }
  main > section:not(.verdict) { margin-top: 1.6rem; }
  .verdict, .figures, .thresholds, tr, .facts div { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; }
  .verdict, .figures div, .legend svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`
