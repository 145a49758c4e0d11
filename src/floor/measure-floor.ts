/** `stress doctor --measure`: what one core of this machine's generator can do, by the real engine against next to no server. */
import { fileURLToPath } from 'node:url'
import { RunError } from '../errors.ts'
import { readEnvironment } from '../observe/environment.ts'
import { describeMachine, type Floor } from '../observe/floor-cache.ts'
import { countFittingConnections, countUsablePorts } from '../observe/processes.ts'
import { type ServerProcess, startDemoServer } from '../observe/server-process.ts'
import type { RunPlan } from '../plan/plan.ts'
import type { TestResult } from '../result/run-result.ts'
import { run } from '../run/run.ts'
import { FLOOR_SIZES, type FloorSizes, planLatency, planMessages, planStorm } from './floor-plans.ts'
import {
  findCapacity,
  findConnectRate,
  findLeastLatency,
  findNote,
  gaugeOf,
  isDisturbed,
} from './read-figures.ts'

export interface MeasureOptions {
  /** Told what is being measured now, in words. */
  readonly onStep?: (words: string) => void
  /** Aborting ends the measuring with a RunError. */
  readonly signal: AbortSignal
  readonly sizes?: Partial<FloorSizes>
}

const NULL_SERVER = fileURLToPath(new URL('./null-server-process.js', import.meta.url))

/**
 * Measures the floor of this machine in about 17 s. Nothing is kept: see writeFloor.
 * @throws RunError when a server does not start, or when it was interrupted
 */
export async function measureFloor({ onStep, signal, sizes: given }: MeasureOptions): Promise<Floor> {
  const sizes = { ...FLOOR_SIZES, ...given }
  const measure = async (words: string, times: number, plan: RunPlan): Promise<TestResult[]> => {
    onStep?.(times > 1 ? `${words}, ${times} runs` : words)
    const tests: TestResult[] = []
    while (tests.length < times) {
      const { tests: ended } = await run(plan, { signal })
      if (signal.aborted) throw new RunError('the measuring was interrupted; nothing is kept')
      tests.push(...ended)
    }
    return tests
  }
  const server = await startNullServer(signal)
  try {
    const target = { url: server.url, pid: server.pid }
    // First, while this process has grown for nothing else: memory that was once taken is taken again unseen.
    const connections = countStorm(sizes.stormConnections)
    const storms = await measure('connections/s', sizes.stormRuns, planStorm(target, connections))
    const closed = await measure('messages/s', sizes.messageRuns, planMessages(target, sizes))
    const { latencyRuns } = sizes
    const alone = await measure('latency, null server', latencyRuns, planLatency(target, sizes))
    const demo = { url: null, pid: null }
    const demoAlone = await measure('latency, demo server', latencyRuns, planLatency(demo, sizes))
    const machine = describeMachine()
    const cores = machine.cpusAllowed ?? machine.cpus
    const capacity = greatest(closed.map((test) => findCapacity(test, cores)))
    // A machine on which nothing got to its top was too busy for the others as well: a wrong floor is worse than none.
    const isQuiet = capacity !== null && (cores === 1 || !isDisturbed([...alone, ...demoAlone]))
    return {
      ...machine,
      measuredAt: new Date().toISOString(),
      messagesPerSecondPerCore: isQuiet ? capacity : null,
      latencyUs: {
        nullServer: findLeastLatency(isQuiet ? alone : []),
        demoServer: findLeastLatency(isQuiet ? demoAlone : []),
      },
      connectionsPerSecond: isQuiet ? greatest(storms.map(findConnectRate)) : null,
      bytesPerConnection: storms[0] === undefined ? null : gaugeOf(storms[0], 'generator_rss_per_connection'),
      note: findNote(isQuiet ? capacity : null, cores),
    }
  } finally {
    await server.stop()
  }
}

/** In a process of its own; which core it runs on is left to the scheduler. */
async function startNullServer(signal: AbortSignal): Promise<ServerProcess> {
  return startDemoServer({ binPath: NULL_SERVER, serve: [], signal })
}

/** What this process may open, and what ports there are. */
function countStorm(wanted: number): number {
  const { fdLimit, portRange } = readEnvironment()
  const ports = portRange === null ? wanted : countUsablePorts(portRange[1] - portRange[0] + 1)
  const files = countFittingConnections({ processes: 1, workers: 1, fdLimit })
  return Math.max(1, Math.min(wanted, ports, files))
}

function greatest(figures: readonly (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null)
  return known.length === 0 ? null : Math.round(Math.max(...known))
}
