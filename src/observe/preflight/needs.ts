/** What a plan takes of this machine. */
export interface CapacityNeeds {
  readonly connections: number
  readonly workers: number
  /** An audience is counted in memory that only threads of one process share. */
  readonly oneProcess: boolean
  /** Handshakes under way at once. */
  readonly concurrency: number
  /** Null: as fast as they go. */
  readonly connectRatePerSec: number | null
  /** Messages due a second at the peak; null: the server decides. */
  readonly messagesPerSec: number | null
  /** Of the generator as one process, without its worker threads. */
  readonly memoryBytes: number
  /** Local addresses to bind to; 0: the kernel chooses, or the run for a loopback target. */
  readonly sourceIps: number
  /** Different host:port pairs connected to. */
  readonly destinations: number
  /** Where the server is. `loopback`: 127.0.0.0/8; `here`: another address of this machine. */
  readonly target: 'demo' | 'loopback' | 'here' | 'elsewhere'
  /** The demo server may be shared by processes. */
  readonly demoDivides: boolean
}

/** True when the server takes from the same machine. */
export function isServerHere({ target }: Pick<CapacityNeeds, 'target'>): boolean {
  return target !== 'elsewhere'
}

/** True when the run takes further source addresses by itself. */
export function takesLoopbackAddresses({
  target,
  sourceIps,
}: Pick<CapacityNeeds, 'target' | 'sourceIps'>): boolean {
  return sourceIps === 0 && (target === 'demo' || target === 'loopback')
}
