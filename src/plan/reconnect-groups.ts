/** The groups of a reconnect test: one for each policy and jitter that was asked for, side by side. */
import { DEFAULT_CONNECTIONS } from './heartbeat-groups.ts'
import type { Setting } from './option.ts'
import type { Retry } from './plan.ts'
import type { GroupLayer } from './resolve-test.ts'
import type { RetryPolicy } from './retry.ts'
import type { Layer } from './settings.ts'
import { splitEvenly } from './shard-plan.ts'

const USUAL: RetryPolicy = { policy: 'exponential', baseUs: 1_000_000 }
const MAX_RETRIES = 5

/** Empty when there is one policy: then one group has all. The connections are dealt out evenly. */
export function listReconnectGroups(layer: Layer): readonly GroupLayer[] {
  const { connections, reconnect, jitter, ...others } = layer.settings
  const policies = distinct(reconnect ?? [])
  const jitters = distinct(jitter ?? [])
  // There is nothing to spread where nobody waits.
  const pairs = policiesOf(policies).flatMap((policy) => {
    const own = policy.value.policy === 'now' ? jitters.slice(0, 1) : jitters
    return (own.length === 0 ? [null] : own).map((spread) => ({ policy, spread }))
  })
  if (pairs.length < 2) return []
  const all = connections?.value ?? DEFAULT_CONNECTIONS
  return pairs.map(({ policy, spread }, index) => ({
    name: nameOf(policy, jitters.length > 1 ? spread : null),
    layer: {
      ...layer,
      settings: {
        ...others,
        connections: { ...policy, text: '', value: splitEvenly(all, index, pairs.length) },
        reconnect: [policy],
        ...(spread === null ? {} : { jitter: [spread] }),
      },
    },
  }))
}

/** What a group's options say; null: nobody comes back. */
export function resolveRetry({ settings }: Layer): Retry {
  const { policy, baseUs } = settings.reconnect?.at(-1)?.value ?? USUAL
  const jitter = settings.jitter?.at(-1)?.value ?? 'none'
  return {
    policy,
    baseUs,
    jitter: policy === 'now' ? 'none' : jitter,
    maxRetries: settings.maxRetries?.value ?? MAX_RETRIES,
  }
}

function policiesOf(given: readonly Setting<RetryPolicy>[]): readonly Setting<RetryPolicy>[] {
  return given.length > 0 ? given : [{ value: USUAL, text: 'exponential', where: '--reconnect', folder: '' }]
}

function distinct<T>(settings: readonly Setting<T>[]): readonly Setting<T>[] {
  return [...new Map(settings.map((setting) => [setting.text, setting])).values()]
}

/** `exponential`, `fixed-2s`, `exponential-full`: as it was written; without jitter nothing is said of it. */
function nameOf(policy: Setting<RetryPolicy>, spread: Setting<Retry['jitter']> | null): string {
  const name = policy.text.replace(/[^A-Za-z0-9_-]+/g, '-')
  return spread?.value !== 'full' || policy.value.policy === 'now' ? name : `${name}-${spread.value}`
}
