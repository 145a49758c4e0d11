/** One test: its groups, and what they share. */
import type { Mistake } from '../errors.ts'
import { listHeartbeatGroups } from './heartbeat-groups.ts'
import type { Settings } from './option-table.ts'
import {
  type Group,
  isFanOutTest,
  type Limits,
  type Plan,
  type Role,
  type Target,
  type TestType,
} from './plan.ts'
import type { Preset } from './presets.ts'
import type { ReadFile } from './read-source.ts'
import { listReconnectGroups } from './reconnect-groups.ts'
import { resolveCut } from './resolve-cut.ts'
import { deriveTraffic } from './resolve-dialect.ts'
import type { Environment } from './resolve-flow.ts'
import { resolveGroup } from './resolve-group.ts'
import { countCycles, resolveLeaving } from './resolve-leaving.ts'
import { resolveSearch } from './resolve-search.ts'
import type { Layer } from './settings.ts'
import { listSlowGroups } from './slow-groups.ts'

/** A group's options, laid over those of the whole test. */
export interface GroupLayer {
  readonly name: string
  readonly layer: Layer
}

const SECOND_US = 1_000_000
const MIB = 2 ** 20
const DEFAULT_CONCURRENCY = 250
/** What comes is for the flow to read, whoever sent it. */
const NO_TRAFFIC = { fanOut: null, push: null, transport: 'websocket' } as const

export interface TestSource {
  readonly testType: TestType
  readonly preset: Preset
  /** One of the tests of `all`. */
  readonly inAll: boolean
  /** Null: the scenario names none, so the preset's are made of `layer`. */
  readonly groups: readonly GroupLayer[] | null
  readonly layer: Layer
  /** What the groups share. */
  readonly settings: Settings
  readonly target: Target
  readonly cores: number
  readonly env: Environment
  readonly readFile: ReadFile
}

/** Builds a test; what does not go together is added to `mistakes`. */
export function resolveTest(source: TestSource, mistakes: Mistake[]): Plan {
  const { testType, preset, inAll, settings, target, cores, env, readFile } = source
  const debug = settings.debug?.value ?? false
  const members = listMembers(source)
  const chosen = debug ? members.slice(0, 1).map(limitToOne) : members
  if (isFanOutTest(testType) && !members.some(({ role }) => role === 'publisher')) {
    mistakes.push({
      where: 'groups',
      value: members.map(({ name }) => name).join(', '),
      problem: 'publish nothing: none of them has a rate',
      accepted: 'a broadcast test with a group that has a rate',
      example: 'groups: [{name: talk, connections: 2, messageRate: 10/s}, {name: hear, connections: 100}]',
    })
  }
  const groups = chosen.map((group) =>
    resolveGroup({ ...group, preset, testType, inAll, env, readFile }, mistakes),
  )
  const leaving = testType === 'leak' ? resolveLeaving(settings, mistakes) : null
  const concurrency = settings.connectConcurrency?.value ?? DEFAULT_CONCURRENCY
  const connections = groups.reduce((sum, { count }) => sum + count, 0)
  // Exact counts need every message in the hold, so a run that ends by count has no warm-up unless asked for.
  const endsByCount = groups.some(({ stop }) => stop.messages !== null)
  const warmup = inAll && preset.leavesInAll.includes('warmup') ? undefined : settings.warmup
  return {
    testType,
    target,
    groups,
    ...(testType === 'flow'
      ? NO_TRAFFIC
      : deriveTraffic(testType, groups, settings.rooms?.value ?? 1, settings.pushInterval?.value ?? null)),
    cut: testType === 'reconnect' ? resolveCut(settings, groups, mistakes) : null,
    leaving,
    connect: { ratePerSec: settings.connectRate?.value ?? null, concurrency },
    warmupUs: warmup?.value ?? (endsByCount ? 0 : preset.warmupUs),
    cycles: leaving === null ? (settings.cycles?.value ?? 1) : countCycles(settings, leaving),
    search: testType === 'capacity' ? resolveSearch(settings, mistakes) : null,
    limits: makeLimits(settings, groups, mistakes),
    // More threads than connections or handshakes under way would have nothing to do.
    workers: Math.min(settings.workers?.value ?? Math.max(1, cores - 1), connections, concurrency),
    forked: false,
    seed: settings.seed?.value ?? 1,
  }
}

/** Groups that a test type makes of its options. */
function listOwnGroups(testType: TestType, layer: Layer): readonly GroupLayer[] {
  if (testType === 'heartbeat') return listHeartbeatGroups(layer)
  return testType === 'reconnect' ? listReconnectGroups(layer) : []
}

interface Member extends GroupLayer {
  readonly role: Role
  readonly isNamed: boolean
}

/** The scenario's groups, else the preset's. In a broadcast test a group with a rate publishes. */
function listMembers({ groups, layer, preset, testType }: TestSource): readonly Member[] {
  if (groups === null && testType === 'slow-consumer')
    return listSlowGroups(layer).map((group) => ({ ...group, isNamed: true }))
  const own = groups === null ? listOwnGroups(testType, layer) : []
  if (own.length > 0) return own.map((group) => ({ ...group, role: 'main', isNamed: true }))
  if (groups === null) {
    return preset.roles.map((role) => ({
      name: role === 'main' ? role : `${role}s`,
      role,
      isNamed: false,
      layer,
    }))
  }
  const roleOf = ({ layer: own }: GroupLayer): Role => {
    if (testType === 'push') return 'subscriber'
    if (!isFanOutTest(testType)) return 'main'
    return own.given.has('rate') || own.given.has('messageRate') ? 'publisher' : 'subscriber'
  }
  return groups.map((group) => ({ ...group, role: roleOf(group), isNamed: true }))
}

/** For --debug: one connection; if it sends, one message, unless a length was asked for. */
function limitToOne(member: Member): Member {
  const { role, layer } = member
  const one = { value: 1, text: '1', where: '--debug', folder: '' }
  const { messages, duration, publishers, subscribers, ...others } = layer.settings
  const given = {
    ...(messages === undefined ? {} : { messages }),
    ...(duration === undefined ? {} : { duration }),
  }
  const length =
    role !== 'subscriber' && messages === undefined && duration === undefined ? { messages: one } : given
  return { ...member, layer: { settings: { ...others, ...length, connections: one }, given: layer.given } }
}

function makeLimits(settings: Settings, groups: readonly Group[], mistakes: Mistake[]): Limits {
  const largest = groups.map(({ payload }) =>
    payload.kind === 'generated' ? payload.sizeBytes : Buffer.byteLength(payload.template),
  )
  const maxMessageBytes = settings.maxMessage?.value ?? 16 * MIB
  if (Math.max(...largest) > maxMessageBytes) {
    mistakes.push({
      where: settings.size === undefined ? '--payload' : settings.size.where,
      value: settings.size?.text ?? '',
      problem: `has ${Math.max(...largest)} bytes, and replies over ${maxMessageBytes} bytes (--max-message) are refused`,
      accepted: 'messages up to --max-message',
      example: '--size 20MiB --max-message 32MiB',
    })
  }
  return {
    connectTimeoutUs: settings.connectTimeout?.value ?? 10 * SECOND_US,
    replyTimeoutUs: settings.timeout?.value ?? 5 * SECOND_US,
    closeTimeoutUs: 2 * SECOND_US,
    maxMessageBytes,
    maxUnfinishedBytes: 512 * MIB,
    checkUtf8: settings.checkUtf8?.value ?? false,
    // Beyond the kernel's own buffers; of 10,000 sockets that nobody reads this is still under a GB.
    maxQueuedBytes: Math.max(64 * 1024, 2 * Math.max(...largest)),
  }
}
