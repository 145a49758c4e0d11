/** The steps of a capacity test as a table: the loads in order, each as its last step was. */
import type { Step, TestResult } from '../result/run-result.ts'
import { alignTable, numbers, words } from './align-table.ts'
import { formatCount, formatDurationUs, formatPercent, formatRate, formatRatio } from './format.ts'
import type { Paint } from './paint.ts'
import { clip } from './wrap.ts'

export const LOADS = {
  rate: 'messages/s',
  connections: 'connections',
  'connect-rate': 'connections/s',
} as const
const SIGNS = { met: '✓', missed: '✗', limited: '?' } as const

/** The loads nearest to the answer, at most `most`; all steps are in the result. */
export function stepLines(test: TestResult, width: number, most: number, paint: Paint): string[] {
  const { search } = test.plan
  if (search === null || test.steps.length === 0) return []
  const answer = test.metrics.capacity
  const met = answer?.type === 'gauge' ? answer.value : null
  const loads = chooseLoads(test.steps, met, most)
  const rows = loads.map(({ load, all }) => {
    const last = all.at(-1)!
    const signs = all.map(({ outcome }) => SIGNS[outcome]).join('')
    return [
      formatCount(load),
      signs,
      formatRate(last.messagesPerSecond),
      formatDurationUs(last.p50Us),
      formatDurationUs(last.p99Us),
      formatRatio(last.errorRatio),
      formatPercent(last.serverCpuPercent),
      last.outcome === 'met' ? '' : clip(last.because.join(', '), Math.max(10, width - 68)),
    ]
  })
  return alignTable(
    [
      numbers(LOADS[search.of], 13),
      words('', 4),
      numbers('msg/s', 8),
      numbers('P50', 8),
      numbers('P99', 8),
      numbers('errors', 7),
      numbers('CPU', 6),
      words(''),
    ],
    rows,
    paint.dim,
  )
}

function chooseLoads(steps: readonly Step[], met: number | null, most: number) {
  const byLoad = new Map<number, Step[]>()
  for (const step of steps) byLoad.set(step.load, [...(byLoad.get(step.load) ?? []), step])
  const near = met ?? Math.min(...byLoad.keys())
  const distance = (load: number): number => Math.abs(Math.log(load / near))
  return [...byLoad]
    .map(([load, all]) => ({ load, all }))
    .sort((a, b) => distance(a.load) - distance(b.load))
    .slice(0, most)
    .sort((a, b) => a.load - b.load)
}
