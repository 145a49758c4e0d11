/** The groups of a slow-consumer test: who publishes, who reads as it should, and who stops half-way. */
import { DEFAULT_CONNECTIONS } from './heartbeat-groups.ts'
import type { Setting } from './option.ts'
import type { Role } from './plan.ts'
import type { GroupLayer } from './resolve-test.ts'
import type { Layer } from './settings.ts'

const SLOW_SHARE = 0.1
/** Enough to fill in some seconds what the kernel takes: 4 MB of each were measured. */
const SIZE_BYTES = 32 * 1024
export const SLOW = 'slow'

/** There is at least one of the healthy and of the slow, or there would be nothing to see. */
export function listSlowGroups(layer: Layer): readonly (GroupLayer & { readonly role: Role })[] {
  const { connections, publishers, subscribers, slowShare, ...others } = layer.settings
  const all = Math.max(2, (subscribers ?? connections)?.value ?? DEFAULT_CONNECTIONS)
  const slow = Math.min(all - 1, Math.max(1, Math.round(all * (slowShare?.value ?? SLOW_SHARE))))
  const size = others.size ?? make(SIZE_BYTES)
  const groups = [
    { name: 'publishers', role: 'publisher', count: publishers?.value ?? 1 },
    { name: 'healthy', role: 'subscriber', count: all - slow },
    { name: SLOW, role: 'subscriber', count: slow },
  ] as const
  return groups.map(({ name, role, count }) => ({
    name,
    role,
    layer: { ...layer, settings: { ...others, size, connections: make(count) } },
  }))
}

function make<T>(value: T): Setting<T> {
  return { value, text: String(value), where: '--test-type slow-consumer', folder: '' }
}
