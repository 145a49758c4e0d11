/** What this machine's generator can do, as `stress doctor --measure` found it: kept by machine and version. */

/** One core of generator against a server that costs next to nothing. What could not be measured is null. */
export interface Floor {
  /** ISO 8601. */
  readonly measuredAt: string
  readonly toolVersion: string
  readonly node: string
  readonly cpuModel: string
  /** Closed, 32 B, against a server that only turns frames round. */
  readonly messagesPerSecondPerCore: number | null
  /** Service time at a low rate: the lowest latency that can be seen. `null` server, then the demo server. */
  readonly latencyUs: {
    readonly nullServer: { readonly p50: number | null; readonly p99: number | null }
    readonly demoServer: { readonly p50: number | null; readonly p99: number | null }
  }
  readonly connectionsPerSecond: number | null
  /** Growth of the generator for one connection. */
  readonly bytesPerConnection: number | null
}
