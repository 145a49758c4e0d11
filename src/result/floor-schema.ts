/** The kept floor of the generator's machine, as `environment.floor` shows it (observe/floor-cache.ts). */
import { z } from 'zod'

const nullableNumber = z.number().nullable()
const percentiles = z.object({ p50: nullableNumber, p99: nullableNumber })

export const floor = z.object({
  toolVersion: z.string(),
  node: z.string(),
  os: z.string(),
  cpuModel: z.string(),
  cpus: z.number(),
  cpusAllowed: nullableNumber,
  /** ISO 8601. */
  measuredAt: z.string(),
  /** One core, closed, 32 B, against a server that only turns frames round. */
  messagesPerSecondPerCore: nullableNumber,
  /** Service time at a low rate: the lowest latency that can be seen. */
  latencyUs: z.object({ nullServer: percentiles, demoServer: percentiles }),
  /** Of one core. */
  connectionsPerSecond: nullableNumber,
  /** Growth of the generator for one connection. */
  bytesPerConnection: nullableNumber,
  /** What these figures suffer from; null: nothing known. */
  note: z.string().nullable(),
})
