/** The ten slowest messages: connection, number, time. */

const KEPT = 10

export interface SlowMessage {
  /** Global number of the client. */
  readonly client: number
  readonly seq: number
  /** When it was due, µs of the clock. */
  readonly atUs: number
  readonly latencyUs: number
}

export class Slowest {
  /** Public: the hot path compares against it before it calls offer(). */
  thresholdUs = -1
  #kept: SlowMessage[] = []

  offer(client: number, seq: number, atUs: number, latencyUs: number): void {
    this.#kept = keepSlowest([...this.#kept, { client, seq, atUs, latencyUs }])
    if (this.#kept.length === KEPT) this.thresholdUs = this.#kept[KEPT - 1]!.latencyUs
  }

  list(): readonly SlowMessage[] {
    return this.#kept
  }
}

/** The slowest of several lists, slowest first. */
export function keepSlowest(messages: readonly SlowMessage[]): SlowMessage[] {
  return [...messages].sort((a, b) => b.latencyUs - a.latencyUs || a.atUs - b.atUs).slice(0, KEPT)
}
