/** The thread side of check-flow.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import type { FlowFinding } from './check-flow.ts'
import { loadFlow } from './load-flow.ts'

const loaded = await loadFlow(workerData as string)
parentPort!.postMessage((loaded.ok ? null : loaded.problem) satisfies FlowFinding)
