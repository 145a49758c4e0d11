/**
 * The page's script, for the browser: draws the charts that the page carries as data. Texts go in by textContent alone.
 * It holds neither a backslash nor a backtick, so that it stands here as it runs.
 */
export const CHART_SCRIPT = `const charts = JSON.parse(document.getElementById('chart-data').textContent)
const root = document.documentElement
const live = document.getElementById('live')
const drawn = new Map()

// Colours are the style's, read again when the theme changes.
let palette = {}
function readPalette() {
  const style = getComputedStyle(root)
  const names = ['ink', 'soft', 'line', 'card', 'shade', 'blue', 'sky', 'navy', 'orange', 'amber', 'green', 'pink', 'grey']
  palette = Object.fromEntries(names.map((name) => [name, style.getPropertyValue('--' + name).trim()]))
}

const trim = (value, digits) => String(Number(value.toFixed(digits)))
const count = (value) => String(Math.round(value)).replace(/(?<=[0-9])(?=(?:[0-9]{3})+$)/g, ',')
function bytes(value) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let unit = 0
  while (value >= 999.5 && unit < 4) { value /= 1000; unit++ }
  return (unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)) + ' ' + units[unit]
}
function duration(us) {
  if (us < 999.5) return Math.round(us) + ' µs'
  if (us < 99950) return (us / 1e3).toFixed(1) + ' ms'
  if (us < 999500) return Math.round(us / 1e3) + ' ms'
  return us < 9995000 ? (us / 1e6).toFixed(2) + ' s' : (us / 1e6).toFixed(1) + ' s'
}
function tick(us) {
  if (us < 1e3) return trim(us, 1) + ' µs'
  return us < 1e6 ? trim(us / 1e3, 2) + ' ms' : trim(us / 1e6, 2) + ' s'
}
const percent = (value) => trim(value, Math.abs(value) < 0.995 ? 2 : Math.abs(value) < 9.95 || (value > 90 && value < 100) ? 1 : 0) + ' %'
const rate = (value) => (value >= 99.95 ? count(value) : trim(value, value >= 9.995 ? 1 : 2))
const show = { us: duration, rate, count, bytes, percent }
const showTick = { us: tick, rate, count: (value) => (Number.isInteger(value) ? count(value) : ''), bytes, percent: (value) => trim(value, 2) + ' %' }

const two = (value) => String(value).padStart(2, '0')
function clock(seconds, withTenths) {
  if (seconds < 120) return trim(seconds, withTenths ? 1 : 3) + ' s'
  const whole = Math.round(seconds)
  const minutes = Math.floor((whole % 3600) / 60)
  const rest = two(whole % 60)
  return whole < 3600 ? minutes + ':' + rest : Math.floor(whole / 3600) + ':' + two(minutes) + ':' + rest
}
function percentile(x) {
  const beyond = 100 / x
  return 'P' + trim(100 - beyond, Math.max(0, Math.ceil(-Math.log10(beyond) - 1e-9)) + 1)
}

const AXES = {
  time: { name: (x) => clock(x, true), distr: 1 },
  elapsed: { name: (x) => tick(x * 1e3) + ' after the start', distr: 1 },
  percentile: { name: percentile, distr: 3 },
  load: { name: count, distr: 3 },
}
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200]

function xAxis(chart) {
  const base = { stroke: () => palette.soft, grid: { show: false }, ticks: { stroke: () => palette.line, width: 1, size: 5 }, font: FONT, size: 30, gap: 3 }
  if (chart.axis === 'percentile') {
    const splits = (u, axis, min, max) => [1, 2, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8].filter((x) => x >= min && x <= max)
    const isTight = (u) => u.valToPos(2, 'x') - u.valToPos(1, 'x') < 34
    const values = (u, all) => all.map((x) => (x !== 1 ? percentile(x) : isTight(u) ? '' : 'P0'))
    return { ...base, splits, values, filter: (u, all) => all }
  }
  if (chart.axis === 'load') {
    const values = (u, all) => all.map((x, at) => (at > 0 && u.valToPos(x, 'x') - u.valToPos(all[at - 1], 'x') < 44 ? '' : count(x)))
    return { ...base, splits: logSplits, values, filter: (u, all) => all }
  }
  const incrs = chart.axis === 'time' ? SECONDS : undefined
  const label = chart.axis === 'time' ? (x) => clock(x, false) : (x) => tick(x * 1e3)
  return { ...base, space: 70, ...(incrs ? { incrs } : {}), values: (u, all) => all.map(label) }
}

function yAxis(chart) {
  return {
    stroke: () => palette.soft, font: FONT, gap: 6, ticks: { show: false }, space: 34,
    grid: { stroke: () => palette.line, width: 1 },
    size: 62,
    ...(chart.unit === 'count' ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7] } : {}),
    values: (u, all) => all.map((value) => (value === null ? '' : showTick[chart.unit](value))),
    ...(chart.log ? { splits: logSplits, filter: (u, all) => all } : {}),
  }
}
const FONT = '12px system-ui, sans-serif'

// 1, 2, 5 within each decade, or the decades alone where there are many.
function logSplits(u, axis, min, max) {
  const steps = max / min > 2000 ? [1] : max / min > 60 ? [1, 3] : [1, 2, 5]
  const found = []
  for (let decade = 10 ** Math.floor(Math.log10(min)); decade <= max; decade *= 10)
    for (const step of steps) if (step * decade >= min * 0.999 && step * decade <= max * 1.001) found.push(step * decade)
  return found
}

function yRange(chart) {
  if (chart.log) return (u, min, max) => (min === null ? [1, 10] : [Math.max(1, min) / 1.25, Math.max(2, max) * 1.25])
  return (u, min, max) => {
    if (max === null) return [0, 1]
    const low = chart.floor === undefined ? 0 : Math.min(chart.floor, min)
    if (chart.ceiling !== undefined && max <= chart.ceiling) return [low, chart.ceiling]
    return [low < 0 ? low * 1.05 : low, max <= low ? low + 1 : max + (max - low) * 0.08]
  }
}

const DASHES = { line: [], dashed: [6, 4], dotted: [2, 2.5], step: [], bars: [] }

function makeSeries(chart, one) {
  const isBar = one.style === 'bars'
  const isStep = one.style === 'step'
  const few = chart.x.length <= 40
  return {
    label: one.label, spanGaps: chart.axis === 'percentile', alpha: 1,
    stroke: () => palette[one.tone], width: isBar ? 0 : one.style === 'dotted' ? 1.75 : 2, dash: DASHES[one.style],
    ...(isBar ? { fill: () => palette[one.tone], paths: uPlot.paths.bars({ size: [0.8, 40], gap: 1 }) } : {}),
    ...(isStep ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
    ...(one.area ? { fill: () => palette[one.tone] + '22' } : {}),
    points: { show: isBar || isStep || one.style === 'dotted' || chart.axis === 'percentile' ? false : few ? true : undefined, size: 5, fill: () => palette[one.tone] },
  }
}

// Each bar stands on those before it: the last is drawn first, and highest.
function stack(chart, hidden) {
  const sums = chart.x.map(() => 0)
  return chart.series.map(({ values }, index) => values.map((value, at) => {
    if (hidden.has(index)) return null
    sums[at] += value || 0
    return value ? sums[at] : null
  }))
}

function order(chart) {
  const indexes = chart.series.map((_, index) => index)
  return chart.stacked ? indexes.reverse() : indexes
}

function dataOf(chart, hidden) {
  const columns = chart.stacked ? stack(chart, hidden) : chart.series.map(({ values }) => values)
  return [chart.x, ...order(chart).map((index) => columns[index])]
}

const PHASES = { connect: 'connect', warmup: 'warm-up', hold: 'hold', drain: 'drain' }

// What is not the hold is shaded, and named where there is room.
function shadePhases(u, chart) {
  const { ctx, bbox } = u
  const scale = bbox.width / u.over.clientWidth
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.font = 11 * scale + 'px system-ui, sans-serif'
  ctx.textBaseline = 'top'
  for (const [from, to, phase] of chart.phases) {
    if (phase === 'hold') continue
    const left = u.valToPos(from, 'x', true)
    const width = u.valToPos(to, 'x', true) - left
    ctx.fillStyle = palette.shade
    ctx.fillRect(left, bbox.top, width, bbox.height)
    const name = PHASES[phase]
    if (ctx.measureText(name).width + 8 * scale > width) continue
    ctx.fillStyle = palette.soft
    ctx.fillText(name, left + 4 * scale, bbox.top + 4 * scale)
  }
  ctx.restore()
}

const phaseAt = (chart, x) => (chart.phases.find(([from, to]) => x >= from && x <= to) || [])[2]

function readAt(chart, idx) {
  const x = chart.x[idx]
  const phase = chart.axis === 'time' ? phaseAt(chart, x) : undefined
  return AXES[chart.axis].name(x) + (phase && phase !== 'hold' ? ', ' + PHASES[phase] : '')
}

// Beside the cursor, on the side where there is room.
function readout(state, idx) {
  const { chart, plot, tip, at, cells, hidden } = state
  const isKnown = plot !== null && idx !== null && idx !== undefined && plot.cursor.left >= 0
  tip.hidden = !isKnown
  if (!isKnown) return
  at.textContent = readAt(chart, idx)
  chart.series.forEach((one, index) => {
    const value = one.values[idx]
    cells[index].value.textContent = value === null ? '–' : show[chart.unit](value)
    cells[index].row.hidden = hidden.has(index)
  })
  const width = plot.over.clientWidth, left = plot.valToPos(chart.x[idx], 'x')
  const isRight = left < width / 2
  tip.style.left = isRight ? left + 12 + 'px' : 'auto'
  tip.style.right = isRight ? 'auto' : width - left + 12 + 'px'
}

function makeTip(chart, figure) {
  const tip = document.createElement('div')
  tip.className = 'tip'
  tip.hidden = true
  const at = tip.appendChild(document.createElement('b'))
  const keys = figure.querySelectorAll('.legend svg')
  const cells = chart.series.map(({ label }, index) => {
    const row = tip.appendChild(document.createElement('span'))
    row.append(keys[index].cloneNode(true), label)
    const value = row.appendChild(document.createElement('i'))
    return { row, value }
  })
  return { tip, at, cells }
}

const isZoomed = ({ full, plot }) => {
  const { min, max } = plot.scales.x
  const least = (full[1] - full[0]) / 1e6
  return min > full[0] + least || max < full[1] - least
}

// The charts over time of one test show the same stretch of it.
function spread(state) {
  const { min, max } = state.plot.scales.x
  state.reset.hidden = !isZoomed(state)
  if (state.chart.axis !== 'time') return
  for (const other of drawn.values()) {
    if (other === state || other.chart.group !== state.chart.group || other.chart.axis !== 'time') continue
    const { x } = other.plot.scales
    if (x.min !== min || x.max !== max) zoom(other, min, max)
  }
}

// One a turn, so that no turn is long.
function zoom(state, min, max) {
  const isWaiting = state.wanted !== null
  state.wanted = { min, max }
  if (!isWaiting) later(() => {
    const wanted = state.wanted
    state.wanted = null
    state.plot.setScale('x', wanted)
  })
}

const queue = []
function later(task) {
  queue.push(task)
  if (queue.length === 1) setTimeout(next)
}
function next() {
  const task = queue[0]
  if (task === undefined) return
  try { task() } finally {
    queue.shift()
    if (queue.length > 0) setTimeout(next)
  }
}

function fullRange(chart) {
  const first = chart.x[0], last = chart.x[chart.x.length - 1]
  if (chart.axis === 'time') return [0, chart.phases.length > 0 ? chart.phases[chart.phases.length - 1][1] : last]
  if (chart.axis === 'elapsed') return [0, last]
  return [chart.axis === 'load' ? first : 1, last]
}

function draw(chart) {
  const figure = document.getElementById(chart.id)
  const box = figure.querySelector('.plot')
  const full = fullRange(chart)
  const hidden = new Set()
  const state = {
    chart, full, hidden, box, wanted: null, plot: null, reset: figure.querySelector('.reset'), ...makeTip(chart, figure),
  }
  const first = chart.x[0], last = chart.x[chart.x.length - 1]
  const options = {
    ...sizeOf(box), padding: [8, full[1] < 3600 ? 16 : 26, 0, 0], legend: { show: false },
    cursor: {
      y: false, points: { size: 8 }, drag: { x: true, y: false, dist: 5 },
      ...(chart.axis === 'time' ? { sync: { key: chart.group, setSeries: false, scales: ['x', null], filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' } } } : {}),
    },
    scales: {
      x: { time: false, distr: AXES[chart.axis].distr, range: (u, min, max) => [min <= first ? full[0] : min, max >= last ? full[1] : max] },
      y: { distr: chart.log ? 3 : 1, range: yRange(chart) },
    },
    axes: [xAxis(chart), yAxis(chart)],
    series: [{}, ...order(chart).map((index) => makeSeries(chart, chart.series[index]))],
    hooks: {
      drawClear: [(u) => shadePhases(u, chart)],
      setCursor: [(u) => readout(state, u.cursor.idx)],
      setScale: [(u, key) => { if (key === 'x' && state.plot !== null) spread(state) }],
    },
  }
  state.plot = new uPlot(options, dataOf(chart, hidden), box)
  state.plot.over.appendChild(state.tip)
  drawn.set(chart.id, state)
  listen(state, figure)
}

const sizeOf = (box) => ({ width: Math.max(200, box.clientWidth), height: Math.max(120, box.clientHeight) })

function listen(state, figure) {
  const { chart, plot, box, full, hidden } = state
  figure.querySelectorAll('.legend button').forEach((button, index) => button.addEventListener('click', () => {
    const isShown = hidden.has(index)
    if (isShown) hidden.delete(index); else hidden.add(index)
    button.setAttribute('aria-pressed', String(isShown))
    if (chart.stacked) plot.setData(dataOf(chart, hidden), false)
    plot.setSeries(order(chart).indexOf(index) + 1, { show: isShown })
  }))
  state.reset.addEventListener('click', () => { zoom(state, full[0], full[1]); box.focus() })
  box.addEventListener('keydown', (event) => onKey(state, event))
  box.addEventListener('touchmove', (event) => onTouch(state, event), { passive: true })
  new ResizeObserver(() => later(() => { if (!root.dataset.print) fit(state) })).observe(box)
}

function fit({ plot, box }) {
  const size = sizeOf(box)
  if (plot.width !== size.width || plot.height !== size.height) plot.setSize(size)
}

function onTouch({ plot }, { touches }) {
  const { left } = plot.over.getBoundingClientRect()
  if (touches.length === 1) plot.setCursor({ left: Math.max(0, touches[0].clientX - left), top: 10 })
}

function onKey(state, event) {
  const { plot, chart, full } = state
  const steps = { ArrowLeft: -1, ArrowRight: 1 }
  const { min, max } = plot.scales.x
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key in steps) {
    const [from, to] = plot.series[0].idxs
    const now = plot.cursor.idx === null || plot.cursor.idx === undefined ? (event.key === 'ArrowRight' ? from - 1 : to + 1) : plot.cursor.idx
    const idx = Math.min(to, Math.max(from, now + steps[event.key] * (event.shiftKey ? 10 : 1)))
    plot.setCursor({ left: plot.valToPos(chart.x[idx], 'x'), top: 10 })
    live.textContent = readAt(chart, idx) + ': ' + chart.series.map((one) => one.label + ' ' + (one.values[idx] === null ? 'nothing' : show[chart.unit](one.values[idx]))).join(', ')
  } else if (event.key === '+' || event.key === '=' || event.key === '-') {
    const isLog = AXES[chart.axis].distr === 3
    const to = isLog ? Math.log : (x) => x, back = isLog ? Math.exp : (x) => x
    const idx = plot.cursor.idx
    const middle = to(idx === null || idx === undefined ? back((to(min) + to(max)) / 2) : chart.x[idx])
    const half = ((to(max) - to(min)) / 2) * (event.key === '-' ? 2 : 0.5)
    const low = Math.max(to(full[0]), Math.min(middle - half, to(full[1]) - 2 * half))
    zoom(state, back(low), back(Math.min(to(full[1]), low + 2 * half)))
  } else if (event.key === '0' || event.key === 'Escape') {
    zoom(state, full[0], full[1])
  } else return
  event.preventDefault()
}

function repaint() {
  readPalette()
  for (const { plot } of drawn.values()) later(() => plot.redraw(false))
}

const dark = matchMedia('(prefers-color-scheme: dark)')
dark.addEventListener('change', repaint)
const toggle = document.getElementById('theme')
const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches)
toggle.addEventListener('click', () => {
  root.dataset.theme = isDark() ? 'light' : 'dark'
  toggle.setAttribute('aria-pressed', String(isDark()))
  repaint()
})
toggle.setAttribute('aria-pressed', String(isDark()))

// On paper: all of them, in light colours; the style makes them as wide as their column.
addEventListener('beforeprint', () => {
  while (queue.length > 0) { const task = queue.shift(); task() }
  root.dataset.print = 'true'
  readPalette()
  for (const { plot } of drawn.values()) plot.setSize({ width: 440, height: 190 })
})
addEventListener('afterprint', () => {
  delete root.dataset.print
  readPalette()
  for (const state of drawn.values()) later(() => { fit(state); state.plot.redraw(false) })
})

root.classList.add('js')
readPalette()
// Those in sight first; then one a turn.
for (const chart of charts) later(() => draw(chart))
later(() => { root.dataset.drawn = 'true' })
`

/** Before uPlot, which reads it once: sharp on paper, and when the page is enlarged. */
export const SHARP_SCRIPT = 'devicePixelRatio = Math.max(2, devicePixelRatio)'
