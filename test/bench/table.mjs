/** The comparison as text. */
import Table from 'cli-table3'

const TITLE = { closed: 'msg/s', open: 'response P99, µs', storm: 'all open, ms' }
const number = (value, digits = 0) =>
  value === null
    ? '-'
    : value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits })

export function formatTable(summaries, work, unpinned) {
  const scale = work.mode === 'storm' ? 1e-3 : 1
  const scaled = (value) => number(value === null ? null : value * scale, work.mode === 'storm' ? 1 : 0)
  const table = new Table({
    head: [
      'client',
      TITLE[work.mode],
      'min - max',
      'P50 µs',
      'P99 µs',
      'CPU µs/msg',
      'peak MB',
      'stress is (quartiles)',
    ],
    colAligns: ['left', ...Array(7).fill('right')],
    style: { head: [], border: [] },
  })
  for (const { name, figure, p50Us, p99Us, cpuUsPerMessage, peakBytes, ratio } of summaries) {
    table.push([
      name,
      scaled(figure.median),
      `${scaled(figure.min)} - ${scaled(figure.max)}`,
      number(p50Us),
      number(p99Us),
      number(cpuUsPerMessage, 1),
      number(peakBytes === null ? null : peakBytes / 1e6),
      ratio === null || ratio.median === null
        ? '-'
        : `${number(ratio.median, 2)}x (${number(ratio.q1, 2)} - ${number(ratio.q3, 2)}, n=${ratio.count})`,
    ])
  }
  const load =
    work.mode === 'open'
      ? `${work.rate} msg/s`
      : work.mode === 'storm'
        ? `${work.concurrency} at a time`
        : `${work.inFlight} in flight`
  const pinned = unpinned === null ? 'server on core 0, client on core 1' : `not pinned: ${unpinned}`
  const notes = summaries.flatMap(({ name, failed, notes }) => {
    const failures = failed > 0 ? [`${failed} failed`] : []
    return failed + notes.length === 0 ? [] : [`${name}: ${[...failures, ...notes].join('; ')}`]
  })
  return [
    `${work.mode}  ${work.connections} connections x ${work.size} B, ${load}, ${work.seconds} s after ${work.warmup} s of warm-up; ${pinned}`,
    table.toString(),
    ...notes,
    '',
  ].join('\n')
}
