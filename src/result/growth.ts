import type { MemoryMoments } from './measurements.ts'

/** Growth of memory that can be told from noise. */
const LEAST_GROWTH_BYTES = 4e6
const LEAST_CONNECTIONS = 500

/** What a connection costs in memory; null under 500 connections or 4 MB of growth: that is noise. */
export function growthPerConnection(
  { idle, connected }: Pick<MemoryMoments, 'idle' | 'connected'>,
  connections: number,
): number | null {
  if (idle === null || connected === null || connections < LEAST_CONNECTIONS) return null
  const growth = connected - idle
  return growth < LEAST_GROWTH_BYTES ? null : Math.round(growth / connections)
}
