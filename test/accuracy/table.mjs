/** The rows as text and as Markdown. */

export function describeRow(name, { figure, unit, truth, reported, difference, bound, ok, isOpen }) {
  const cells = [
    show(truth, unit),
    show(reported, unit),
    showGap(difference, unit),
    bound === 0 ? '=' : show(bound, unit),
  ]
  const figures = cells.map((cell) => cell.padStart(12)).join('')
  return `${name.padEnd(20)} ${figure.padEnd(32)}${figures}  ${ok ? 'ok' : isOpen ? 'not judged' : 'FAIL'}`
}

export function formatFloor({ service, lag, connect, rounds, quiet }, unpinned) {
  const row = (label, figures) =>
    `${label.padEnd(36)}${['p50', 'p90', 'p95', 'p99', 'p999', 'max'].map((key) => show(figures[key], 'us').padStart(11)).join('')}\n`
  return [
    `${'floor of this machine'.padEnd(36)}${['P50', 'P90', 'P95', 'P99', 'P99.9', 'max'].map((one) => one.padStart(11)).join('')}\n`,
    row('service_time over the server’s delay', service),
    row('pacer_lag', lag),
    row('connect_attempt over the upgrade', connect),
    `${unpinned === null ? 'server on core 0, generator on core 1' : `not pinned: ${unpinned}`}; ${rounds} rounds, ${quiet} of them undisturbed\n`,
    quiet === 0 ? 'too busy a machine for a floor: times cannot be judged, counts can\n\n' : '\n',
    `${'case'.padEnd(20)} ${'figure'.padEnd(32)}${['truth', 'reported', 'difference', 'bound'].map((one) => one.padStart(12)).join('')}\n`,
  ].join('')
}

export function formatSummary(cases) {
  const rows = cases.flatMap((one) => one.rows)
  const failed = rows.filter(({ ok, isOpen }) => !ok && !isOpen).length
  const open = rows.filter(({ isOpen }) => isOpen).length
  const repeated = cases.filter(({ note }) => note !== '').length
  const counted = rows.filter(({ kind }) => kind === 'exact').length
  return `\n${cases.length} cases, ${rows.length} rows (${counted} exact): ${failed} failed${open === 0 ? '' : `, ${open} not judged: the machine was too busy`}${repeated === 0 ? '' : `; ${repeated} cases repeated`}\n`
}

/** One line a case: its rows that must be equal as a count, and those of latency that say most. */
export function formatMarkdown({ cases, floor }) {
  const head =
    '| case | figure | truth | reported | difference | allowed |\n| --- | --- | ---: | ---: | ---: | ---: |\n'
  const lines = cases.flatMap(({ title, rows }) => {
    const equal = rows.filter(({ kind }) => kind === 'exact')
    const wrong = equal.filter(({ ok }) => !ok).length
    const counts = `| ${title} | ${equal.length} counts | | ${wrong === 0 ? 'all equal' : `${wrong} differ`} | | 0 |`
    const bounded = rows.filter(
      ({ kind, figure }) => kind === 'bounded' && /P99|closed form|messages\/s|open/.test(figure),
    )
    return [
      counts,
      ...bounded.map(
        ({ figure, unit, truth, reported, difference, bound, ok }) =>
          `| | ${figure} | ${show(truth, unit)} | ${show(reported, unit)} | ${showGap(difference, unit)}${ok ? '' : ' **FAIL**'} | ${show(bound, unit)} |`,
      ),
    ]
  })
  const { service, connect } = floor
  const note = `Floor of that machine, over what the server logged: service time P50 ${show(service.p50, 'us')}, P99 ${show(service.p99, 'us')}; connecting P50 ${show(connect.p50, 'us')}, P99 ${show(connect.p99, 'us')}.\n`
  return `${head}${lines.join('\n')}\n\n${note}`
}

function show(value, unit) {
  if (value === null || value === undefined) return '–'
  if (typeof value !== 'number') return typeof value === 'object' ? JSON.stringify(value) : String(value)
  if (unit === 'us')
    return Math.abs(value) < 10_000 ? `${Math.round(value)} µs` : `${(value / 1000).toFixed(2)} ms`
  const digits = Number.isInteger(value) ? 0 : 2
  return `${value.toLocaleString('en-US', { maximumFractionDigits: digits })}${unit}`
}

function showGap(value, unit) {
  return value === null ? '–' : `${value > 0 ? '+' : ''}${show(value, unit)}`
}
