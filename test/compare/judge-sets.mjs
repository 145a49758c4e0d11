/** The judge of resample.mjs: every headline figure with the defaults of `stress compare`. */

/** `modules`: of compare-figure, figures, compare-runs and default-margin in src/compare or dist/compare. */
export function createJudge({ compareFigure, makeFigure, levelFor, DEFAULT_MARGIN }, loads) {
  const percentile = (one) => ({ kind: 'percentile', percentile: one })
  const make = (metric, aggregation) => makeFigure({ metric, group: null, aggregation })
  const figures = {
    'messages/s': make('messages_received', { kind: 'rate' }),
    P50: make('response_time', percentile(50)),
    P99: make('response_time', percentile(99)),
    errors: make('error_ratio', { kind: 'value' }),
    CPU: make('server_cpu_mean', { kind: 'value' }),
    memory: make('server_rss', { kind: 'value' }),
  }
  return (load, base, head, order) => {
    const rules = { level: levelFor(loads[load].length), margin: DEFAULT_MARGIN, order }
    const read =
      (column) =>
      ({ values }) => ({ value: values[column], note: '', isBeyond: false })
    return Object.fromEntries(
      loads[load].map((what, column) => {
        const readings = [base, head].map((runs) => runs.map(read(column)))
        return [what, compareFigure(figures[what], ...readings, rules).finding]
      }),
    )
  }
}

/** Numbers that look random and are the same every time (Mulberry32). */
export function createRandom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
export const SEED = 6
