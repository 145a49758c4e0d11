import type { Matcher } from '../dialects/dialect.ts'
import { DIALECTS } from '../dialects/registry.ts'
import { createTemplateMatcher, parseTemplate, type TemplatePart } from '../dialects/template.ts'
import type { Group, Limits } from '../plan/plan.ts'
import type { Failures } from '../record/failures.ts'
import type { Recorder } from '../record/recorder.ts'
import type { Slowest } from '../record/slowest.ts'
import type { Spread } from '../record/spread.ts'
import { InFlight } from './in-flight.ts'
import { Message } from './message.ts'

/** What a shard's connections share, one a thread. */
export interface ShardIo {
  readonly readBuffer: Buffer
  /** Reads so far: tells a busy turn of the loop from an idle one. */
  reads: number
  /** When the bytes being handled came. */
  readUs: number
  /** The same, for the first send that they cause: saves it a reading of the clock. 0: read the clock. */
  sendUs: number
  /** Messages under way, all clients. */
  outstanding: number
}

export interface GroupStores {
  readonly hold: Recorder
  readonly warmup: Recorder
  readonly spread: Spread
  readonly slowest: Slowest
  readonly failures: Failures
}

/** How replies find their messages: by number, or first in first out with one under way. */
export function usesSequence(group: Group): boolean {
  if (group.match === 'fifo') return false
  if (group.payload.kind === 'generated')
    return group.payload.sizeBytes >= (DIALECTS[group.dialect]?.minPayloadBytes ?? Number.POSITIVE_INFINITY)
  return (
    createTemplateMatcher(parseTemplate(group.payload.template), group.binary ? 'latin1' : 'utf8') !== null
  )
}

/** One group's share of a shard while it runs. */
export class GroupRun {
  readonly group: Group
  readonly limits: Limits
  readonly io: ShardIo
  readonly stores: GroupStores
  readonly inFlight: InFlight
  /** Null: first in, first out. */
  readonly matcher: Matcher | null
  readonly open: boolean
  /** Messages due from here on belong to the hold. */
  holdFromUs = Number.POSITIVE_INFINITY
  /** A closed client may send its next message. */
  sending = false
  /** Closed clients with messages left or under way. */
  busyClients = 0
  lastReplyUs = 0
  readonly #framed: boolean
  readonly #parts: readonly TemplatePart[]
  #shared: Message | null = null

  constructor(
    group: Group,
    limits: Limits,
    io: ShardIo,
    stores: GroupStores,
    clients: number,
    framed: boolean,
  ) {
    this.group = group
    this.limits = limits
    this.io = io
    this.stores = stores
    this.open = group.pacing.kind === 'open'
    this.inFlight = new InFlight(clients * (group.pacing.kind === 'closed' ? group.pacing.inFlight : 2))
    this.#framed = framed
    const { payload } = group
    this.#parts = payload.kind === 'template' ? parseTemplate(payload.template) : []
    const dialect = DIALECTS[group.dialect]
    if (dialect === undefined) throw new Error(`no dialect '${group.dialect}'`)
    if (!usesSequence(group)) this.matcher = null
    else if (payload.kind === 'generated') this.matcher = dialect.createMatcher()
    else this.matcher = createTemplateMatcher(this.#parts, group.binary ? 'latin1' : 'utf8')
  }

  /** The message a client sends: generated ones are one frame that all clients of the group share. */
  messageFor(client: number, token: string): Message {
    const { payload, binary, dialect } = this.group
    if (payload.kind === 'template')
      return Message.fromTemplate(this.#parts, { client, token }, binary, this.#framed)
    if (this.#shared === null) {
      const layout =
        this.matcher === null
          ? {
              bytes: Buffer.alloc(payload.sizeBytes, 'abcdefghijklmnopqrstuvwxyz'),
              clientAt: 0,
              clientDigits: 0,
              seqAt: 0,
              seqDigits: 0,
            }
          : DIALECTS[dialect]!.message(payload.sizeBytes)
      this.#shared = Message.fromLayout(layout, binary, this.#framed)
    }
    return this.#shared
  }
}
