/** The groups of a heartbeat test: who pings and answers, who only answers, and who does neither. */
import type { Setting } from './option.ts'
import type { GroupLayer } from './resolve-test.ts'
import type { Layer } from './settings.ts'

export const DEFAULT_CONNECTIONS = 100
const SILENT_SHARE = 0.2
const PING_EVERY_US = 20_000_000

/** As a scenario could have them; a group that would be empty is left out. */
export function listHeartbeatGroups(layer: Layer): readonly GroupLayer[] {
  const { connections, pingInterval, silentShare, ...others } = layer.settings
  const all = connections?.value ?? DEFAULT_CONNECTIONS
  const share = silentShare?.value ?? SILENT_SHARE
  const silent = share === 0 ? 0 : Math.min(all, Math.max(all > 1 ? 1 : 0, Math.round(all * share)))
  const pinging = Math.ceil((all - silent) / 2)
  const groups = [
    { name: 'pinging', count: pinging, own: { pingInterval: pingInterval ?? make(PING_EVERY_US) } },
    { name: 'idle', count: all - silent - pinging, own: {} },
    { name: 'silent', count: silent, own: { ignorePings: make(true) } },
  ]
  return groups
    .filter(({ count }) => count > 0)
    .map(({ name, count, own }) => ({
      name,
      layer: { ...layer, settings: { ...others, ...own, connections: make(count) } },
    }))
}

function make<T>(value: T): Setting<T> {
  return { value, text: String(value), where: '--test-type heartbeat', folder: '' }
}
