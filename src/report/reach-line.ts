import type { TestResult } from '../result/run-result.ts'
import { formatCount, formatRate, formatRatio } from './format.ts'
import { findCount, findGauge } from './test-figures.ts'
import { flow } from './wrap.ts'

/** `reach 99.9 %`; `reach –` when it is not known. */
export function showReach({ metrics }: TestResult): string {
  const reach = metrics.delivery_ratio
  return `reach ${formatRatio(reach?.type === 'ratio' ? reach.value : null)}`
}

/**
 * Who got what: `reach 100 %   25,050 of 25,050   lost 0   duplicated 0   reordered 0   misrouted 0   out/in 50.1`. When
 * that is too long, what follows from the other figures gives way and zeros are put together, before a second line begins.
 */
export function reachLines(test: TestResult, width: number): string[] {
  const count = (name: string): string => formatCount(findCount(test, name))
  const expected = count('deliveries_expected')
  const reach = showReach(test)
  const faults: Fault[] = [
    ['lost', count('deliveries_lost')],
    ['duplicated', count('messages_duplicated')],
    ['reordered', count('messages_reordered')],
  ]
  // Where a message is for everybody there is no wrong room.
  if (test.plan.fanOut?.audience === 'room') faults.push(['misrouted', count('messages_misrouted')])
  const each = faults.map(([name, value]) => `${name} ${value}`)
  const outIn = `out/in ${formatRate(findGauge(test, 'amplification'))}`
  const all = [reach, `${count('deliveries_received')} of ${expected}`, ...each, outIn]
  const short = `${reach} of ${expected}`
  const tries = [
    all.join(WIDE),
    all.join(NARROW),
    [short, ...each, outIn].join(NARROW),
    [short, ...groupZeros(faults), outIn].join(WIDE),
    [short, ...each].join(NARROW),
  ]
  const fitting = tries.find((line) => line.length <= width)
  return fitting === undefined ? flow(all, width, NARROW) : [fitting]
}

type Fault = [name: string, count: string]

/** `lost 3`, `duplicated, reordered 0`. */
function groupZeros(faults: readonly Fault[]): string[] {
  const zeros = faults.filter(([, count]) => count === '0').map(([name]) => name)
  const others = faults.filter(([, count]) => count !== '0').map((fault) => fault.join(' '))
  return zeros.length === 0 ? others : [...others, `${zeros.join(', ')} 0`]
}

const WIDE = '   '
const NARROW = '  '
