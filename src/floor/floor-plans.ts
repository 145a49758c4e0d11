/** The runs that a floor is measured with: option values as anyone could write them, against a server of ours. */
import type { RunPlan } from '../plan/plan.ts'
import { resolvePlan } from '../plan/resolve-plan.ts'

/** How much is measured; the defaults take about 17 s in all. */
export interface FloorSizes {
  readonly messageRuns: number
  /** Enough to keep a core busy, few enough for its caches. */
  readonly messageConnections: number
  readonly messageSeconds: number
  /** Against each of the two servers. */
  readonly latencyRuns: number
  readonly latencySeconds: number
  readonly stormRuns: number
  /** Fewer where this machine allows fewer. */
  readonly stormConnections: number
}

export const FLOOR_SIZES: FloorSizes = {
  messageRuns: 3,
  messageConnections: 200,
  messageSeconds: 1.5,
  latencyRuns: 2,
  latencySeconds: 1,
  stormRuns: 2,
  stormConnections: 5000,
}

/** Where a plan's load goes; `url` null: the demo server, which the run starts. */
export interface FloorTarget {
  readonly url: string | null
  readonly pid: number | null
}

const LATENCY_CONNECTIONS = 10
/**
 * Few enough that each message is alone, and enough to keep both processes awake: the least that was seen at 200/s was
 * 57 µs, at 2,000/s 23 µs; the difference is the kernel waking a core that slept.
 */
const LATENCY_RATE = 2000
const WARMUP = { messages: '500ms', latency: '250ms' }

/** As many messages as one thread can carry: closed, one in flight. */
export function planMessages(target: FloorTarget, sizes: FloorSizes): RunPlan {
  return makePlan(target, {
    connections: String(sizes.messageConnections),
    duration: `${sizes.messageSeconds}s`,
    warmup: WARMUP.messages,
    size: '32',
  })
}

/** So few messages that each is alone. */
export function planLatency(target: FloorTarget, sizes: FloorSizes): RunPlan {
  return makePlan(target, {
    connections: String(LATENCY_CONNECTIONS),
    rate: String(LATENCY_RATE),
    duration: `${sizes.latencySeconds}s`,
    warmup: WARMUP.latency,
    size: '32',
  })
}

/** All connections at once, under the usual cap. */
export function planStorm(target: FloorTarget, connections: number): RunPlan {
  return makePlan(target, { testType: 'storm', connections: String(connections) })
}

/** One worker: the floor is that of a core. The user's variables are not for this. */
function makePlan({ url, pid }: FloorTarget, options: Readonly<Record<string, string>>): RunPlan {
  const target = {
    ...(url === null ? {} : { url }),
    ...(pid === null ? {} : { serverPid: String(pid) }),
  }
  const flags = Object.entries({ workers: '1', ...target, ...options })
  return resolvePlan({
    flags: flags.map(([name, text]) => ({ name, text, where: `--${name}`, folder: '' })),
    serverCommand: null,
    scenarioPath: null,
    parseScenario: null,
    scenario: null,
    env: {},
    cores: 1,
    readFile: (path) => {
      throw new Error(`a floor is measured without files: ${path}`)
    },
    checkThreshold: () => null,
    mistakes: [],
  }).plan
}
