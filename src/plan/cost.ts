/** What a plan will take: connections, files, memory, messages and time. Computed before anything runs. */
import { mapAudience } from './audience.ts'
import { countConnections, type Group, type Plan } from './plan.ts'
import { countDue, timeUntilDueUs } from './rate-schedule.ts'

export interface PlanCost {
  readonly connections: number
  /** File descriptors of the generator at its peak. */
  readonly descriptors: number
  /** Estimate of the generator's memory; the server's own is not in it. */
  readonly memoryBytes: number
  /** Null when the server's speed decides. Poisson arrivals: on average. Warm-up not counted. */
  readonly messagesDue: number | null
  /** Whole flows; null without, and when the server's speed decides. Their messages are then null. */
  readonly flowsDue: number | null
  /** Copies of them over all receivers, rooms taken as of one size; null without an audience or a known count. */
  readonly deliveriesDue: number | null
  /** Connecting at a set rate, warm-up and load; null when the server's speed decides. */
  readonly durationUs: number | null
  readonly workers: number
}

const BASE_BYTES = 60e6
const CONNECTION_BYTES = 8192
/** Event loops, pipes, standard streams, result files. */
const BASE_DESCRIPTORS = 64

export function planCost(plan: Plan): PlanCost {
  const connections = countConnections(plan)
  const payloadBytes = plan.groups.reduce((sum, group) => sum + group.count * bytesPerClient(group), 0)
  const messages = plan.groups.map(countGroupMessages)
  const lengths = plan.groups
    .filter(({ stop }) => stop.messages !== null || stop.durationUs !== null)
    .map(measureLoadUs)
  const { ratePerSec } = plan.connect
  const connectUs = ratePerSec === null ? 0 : (connections / ratePerSec) * 1e6
  const loadUs = lengths.includes(null) ? null : Math.max(0, ...lengths.map((us) => us ?? 0))
  const due = messages.includes(null)
    ? null
    : plan.cycles * messages.reduce<number>((sum, count) => sum + (count ?? 0), 0)
  const hasFlow = plan.testType === 'flow'
  const messagesDue = hasFlow ? null : due
  return {
    connections,
    descriptors: connections + BASE_DESCRIPTORS,
    memoryBytes: BASE_BYTES + connections * (CONNECTION_BYTES + bytesOfInbox(plan)) + payloadBytes,
    messagesDue,
    flowsDue: hasFlow ? due : null,
    deliveriesDue:
      plan.fanOut === null || messagesDue === null
        ? null
        : Math.round((messagesDue * connections) / plan.fanOut.rooms),
    durationUs: loadUs === null ? null : Math.round(plan.cycles * (connectUs + plan.warmupUs + loadUs)),
    workers: plan.workers,
  }
}

/** A receiver remembers where it is with each publisher of its room. */
function bytesOfInbox({ groups, fanOut }: Plan): number {
  if (fanOut === null) return 0
  return Math.ceil(mapAudience({ groups, fanOut }).publishers / fanOut.rooms) * 8
}

/** A message of the user's is filled in for each client; generated ones are shared. */
function bytesPerClient({ payload }: Group): number {
  return payload.kind === 'template' ? Buffer.byteLength(payload.template) : 0
}

function countGroupMessages({ pacing, stop, count }: Group): number | null {
  if (pacing.kind === 'silent') return 0
  const byCount = stop.messages === null ? null : stop.messages * count
  if (pacing.kind === 'closed') return stop.durationUs === null ? byCount : null
  if (stop.durationUs === null) return byCount
  const bySchedule = countDue(pacing.stages, stop.durationUs)
  return byCount === null ? bySchedule : Math.min(byCount, bySchedule)
}

function measureLoadUs({ pacing, stop, count }: Group): number | null {
  const { messages, durationUs } = stop
  if (messages === null) return durationUs
  if (pacing.kind !== 'open') return null
  const byCountUs = timeUntilDueUs(pacing.stages, messages * count)
  if (byCountUs === null || durationUs === null) return byCountUs ?? durationUs
  return Math.min(byCountUs, durationUs)
}
