/** Of a test of cycles: does the server keep anything of connections that are over, and does it know how many it has? */
import { sayBytes, sayCount, sayPart, sayTime } from './finding-words.ts'
import { judgeWhole, type Kept, type Leak, type Leave, listLeaks, type MemoryGrowth } from './leaks.ts'
import type { Cycle, Finding } from './run-result.ts'

/** Held in silence for so long, a server that has not noticed does not look. */
const LONG_SILENCE_US = 120e6

const LEFT: Readonly<Record<Leave, string>> = {
  clean: 'that closed cleanly',
  reset: 'that were reset',
  silent: 'left open in silence',
}

export function findLeaks(cycles: readonly Cycle[], serverVisible: boolean): Finding[] {
  const leaks = listLeaks(cycles)
  const over = leaks.filter(({ leave }) => leave !== 'silent')
  const silent = leaks.find(({ leave }) => leave === 'silent')
  if (cycles.length < 2) return []
  const memory = over.length === 0 ? [] : findMemory(over, judgeWhole(cycles))
  return [
    ...(serverVisible ? memory : [unseen()]),
    ...findCounted(over, 'descriptors', 'open descriptors'),
    ...findCounted(over, 'threads', 'threads'),
    ...(silent === undefined ? [] : [findSilence(silent, cycles)]),
    ...findMiscount(cycles),
  ]
}

const NOTHING = { value: null, low: null, high: null } as const

function unseen(): Finding {
  const message =
    'what the server keeps cannot be seen from here: take --server-pid on its machine, or --server-metrics'
  return { code: 'leak-memory', verdict: 'unknown', message, unit: 'bytes', ...NOTHING }
}

/** What grows is named by how they left; that nothing grows is said of all at once. */
function findMemory(leaks: readonly Leak[], whole: MemoryGrowth | null): Finding[] {
  const growing = leaks.flatMap(({ leave, memory }) =>
    memory?.verdict === 'growing' ? [describeGrowth(memory, `connection ${LEFT[leave]}`, `-${leave}`)] : [],
  )
  if (growing.length > 0) return growing
  const code = 'leak-memory'
  if (whole === null || !Number.isFinite(whole.low)) {
    const message = 'whether memory grows cannot be told from so few cycles: take more --cycles'
    return [{ code, verdict: 'unknown', message, unit: 'bytes', ...NOTHING }]
  }
  const { slope, low, high, span, verdict } = whole
  if (verdict === 'growing') return [describeGrowth(whole, 'connection', '')]
  const figures = { value: slope, unit: 'bytes', low, high } as const
  if (verdict === 'unknown') {
    const message = `whether memory grows cannot be told: ${sayBytes(low)} to ${sayBytes(high)} a connection; take more --cycles or --connections`
    return [{ code, verdict: 'unknown', message, ...figures }]
  }
  const message = `memory is flat over ${sayCount(span)} connections: it grows by at most ${sayBytes(high)} for each`
  return [{ code, verdict: 'good', message, ...figures }]
}

function describeGrowth({ slope, low, high }: MemoryGrowth, noun: string, kind: string): Finding {
  const message = `memory grows by ${sayBytes(slope)} (${sayBytes(low)} to ${sayBytes(high)}) for each ${noun}`
  return { code: `leak-memory${kind}`, verdict: 'bad', message, value: slope, unit: 'bytes', low, high }
}

/** In one sentence where all is well. */
function findCounted(leaks: readonly Leak[], what: 'descriptors' | 'threads', noun: string): Finding[] {
  const known = leaks.flatMap((leak) => (leak[what] === null ? [] : [{ leave: leak.leave, ...leak[what] }]))
  if (known.length === 0) return []
  const code = `leak-${what}`
  const wrong = known.filter(({ verdict }) => verdict !== 'flat')
  if (wrong.length === 0) {
    const last = known.at(-1)!.last
    const message = `${noun} do not grow: ${sayCount(last)} at the end`
    return [{ code, verdict: 'good', message, value: 0, unit: 'count', low: null, high: null }]
  }
  return wrong.map(({ leave, ...kept }) => describeKept(kept, leave, code, noun))
}

function describeKept(
  { first, last, each, verdict }: Kept,
  leave: Leave,
  code: string,
  noun: string,
): Finding {
  const from = `from ${sayCount(first)} to ${sayCount(last)}`
  const figures = { value: each, unit: 'count', low: null, high: null } as const
  if (verdict === 'growing') {
    const message = `${noun} grow ${from} with connections ${LEFT[leave]}: ${Number(each.toPrecision(2))} each`
    return { code: `${code}-${leave}`, verdict: 'bad', message, ...figures }
  }
  const message = `${noun} went ${from} with connections ${LEFT[leave]}, but not cycle by cycle`
  return { code: `${code}-${leave}`, verdict: 'unknown', message, ...figures }
}

/** How long a server may take to notice is its own matter, so keeping them is only bad after a long time. */
function findSilence({ kept, memory }: Leak, cycles: readonly Cycle[]): Finding {
  const code = 'silent-connections'
  const last = kept.at(-1)
  const begun = cycles.findIndex(({ leave }) => leave === 'silent')
  const before = cycles[begun - 1]
  const base = { code, unit: 'count', low: null, high: null } as const
  if (last === undefined || before === undefined || last.silent === 0)
    return { ...base, verdict: 'unknown', message: 'no connection could be left in silence', value: null }
  const strangers = cycles[0]?.countAfter ?? 0
  const held =
    last.serverDescriptors !== null && before.serverDescriptors !== null
      ? last.serverDescriptors - before.serverDescriptors
      : last.countAfter === null
        ? null
        : last.countAfter - strangers
  const us = last.atUs - before.atUs
  if (held === null) {
    const message = 'whether the server still holds those left in silence cannot be seen: take --server-pid'
    return { ...base, verdict: 'unknown', message, value: null }
  }
  const holding = Math.max(0, Math.min(last.silent, held))
  if (holding === 0) {
    const message = `${sayPart(last.silent, last.silent)} connections left in silence were noticed by the server`
    return { ...base, verdict: 'good', message, value: 0 }
  }
  const cost = memory?.verdict === 'growing' ? `, at ${sayBytes(memory.slope)} each` : ''
  const message = `${sayPart(holding, last.silent)} connections left in silence are still held by the server after up to ${sayTime(us)}${cost}`
  return { ...base, verdict: us > LONG_SILENCE_US ? 'bad' : 'unknown', message, value: holding }
}

/** The server's own count against the truth, both when all are connected and when all have left. */
function findMiscount(cycles: readonly Cycle[]): Finding[] {
  const greatest = greatestMiscount(cycles)
  if (greatest === null) return []
  const base = { code: 'connection-count', unit: 'count', low: null, high: null } as const
  const { by, cycle } = greatest
  if (by === 0) {
    const message = `the server's own count of connections was right in all ${sayCount(cycles.length - 1)} cycles`
    return [{ ...base, verdict: 'good', message, value: 0 }]
  }
  const message = `the server's own count of connections was wrong by ${sayCount(by)} in cycle ${cycle}`
  return [{ ...base, verdict: 'bad', message, value: by }]
}

/** Null: the count was not asked for, or never given. Of several the last. */
export function greatestMiscount(cycles: readonly Cycle[]): { by: number; cycle: number } | null {
  const strangers = cycles[0]?.countAfter ?? 0
  const off = cycles
    .slice(1)
    .flatMap(({ cycle, silent, openConnected, countConnected, countAfter }) => [
      ...(openConnected === null || countConnected === null
        ? []
        : [{ cycle, by: Math.abs(countConnected - strangers - openConnected) }]),
      ...(countAfter === null ? [] : [{ cycle, by: Math.abs(countAfter - strangers - silent) }]),
    ])
  if (off.length === 0) return null
  return off.reduce((worst, one) => (one.by >= worst.by ? one : worst))
}
