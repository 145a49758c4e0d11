import type { ClientContext, Dialect, Matcher, PayloadLayout } from '../dialects/dialect.ts'
import { createMarkMatcher, layOut } from '../dialects/mark.ts'
import { findDialect } from '../dialects/registry.ts'
import { createPatternMatcher } from '../dialects/reply-pattern.ts'
import { fillTemplate, parseTemplate, type TemplatePart } from '../dialects/template.ts'
import { createTemplateMatcher } from '../dialects/template-matcher.ts'
import { matchesBySequence, patternOf } from '../plan/matching.ts'
import type { Group, Limits, Push } from '../plan/plan.ts'
import type { Failures } from '../record/failures.ts'
import type { Recorder } from '../record/recorder.ts'
import { Slowest } from '../record/slowest.ts'
import { SPREAD_BYTES_PER_CONNECTION, Spread } from '../record/spread.ts'
import { unixSeconds } from './clock.ts'
import type { Comebacks } from './comebacks.ts'
import type { FanOut } from './fan-out.ts'
import { countRemembered } from './given-up.ts'
import { InFlight } from './in-flight.ts'
import { Message } from './message.ts'
import { buildOpening } from './opening.ts'

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
  /** Clients of the shard's share; without a warm-up none is recorded there. */
  readonly warmupClients: number
}

/**
 * Where a reply is recorded. Warm-up and hold look alike, so that what runs from the first moment of the hold on is code
 * that the warm-up has warmed up: a branch that only the hold takes is compiled again when it begins (measured: 35 ms of
 * pauses on one core, which is the P99 of a hold of 4 s).
 */
export interface Side {
  readonly recorder: Recorder
  readonly spread: Spread
  readonly slowest: Slowest
  /** 1 in the hold. */
  readonly counts: number
}

/** One group's share of a shard while it runs. */
export class GroupRun {
  readonly group: Group
  readonly limits: Limits
  readonly io: ShardIo
  readonly stores: GroupStores
  readonly holdSide: Side
  readonly warmupSide: Side
  readonly inFlight: InFlight
  /** Blocks of messages that a client remembers to have given up. */
  readonly remembered: number
  /** Replies are matched by number; else first in, first out. */
  readonly numbered: boolean
  readonly open: boolean
  /** Null: messages are answered to their senders alone. */
  readonly fanOut: FanOut | null
  /** Null: the server pushes nothing. */
  readonly push: Push | null
  /** Added to the sequence numbers that stand in messages. */
  readonly seqBase: number
  /** Replies have a response time beside their service time: an open group, or a closed one beside an open one. */
  recordsResponse: boolean
  /** Null: who loses its connection does not come back. */
  comebacks: Comebacks | null = null
  /** Messages due from here on belong to the hold. */
  holdFromUs = Number.POSITIVE_INFINITY
  /** 1 from the start of the warm-up to the end of the hold: replies that come then count for messages/s. */
  holding = 0
  /** A closed client may send its next message. */
  sending = false
  /** Closed clients with messages left or under way. */
  busyClients = 0
  lastReplyUs = 0
  /** Of generated payloads: one for all clients. */
  readonly #matcher: Matcher | null
  readonly #framed: boolean
  readonly #parts: readonly TemplatePart[]
  readonly #dialect: Dialect
  /** By room. */
  readonly #shared = new Map<number, Message>()

  constructor(
    group: Group,
    limits: Limits,
    io: ShardIo,
    stores: GroupStores,
    clients: number,
    framed: boolean,
    traffic: { readonly fanOut: FanOut | null; readonly push: Push | null } = { fanOut: null, push: null },
  ) {
    this.group = group
    this.limits = limits
    this.io = io
    this.stores = stores
    const { hold, warmup, spread, slowest, warmupClients } = stores
    this.holdSide = { recorder: hold, spread, slowest, counts: 1 }
    const unread = new Spread(new ArrayBuffer(warmupClients * SPREAD_BYTES_PER_CONNECTION), 0, warmupClients)
    this.warmupSide = { recorder: warmup, spread: unread, slowest: new Slowest(), counts: 0 }
    this.open = group.pacing.kind === 'open'
    this.recordsResponse = this.open
    this.inFlight = new InFlight(clients * (group.pacing.kind === 'closed' ? group.pacing.inFlight : 2))
    this.remembered = countRemembered(clients)
    this.#framed = framed
    this.fanOut = traffic.fanOut
    this.push = traffic.push
    this.seqBase = traffic.fanOut?.board.seqBase ?? 0
    const { payload } = group
    this.#parts = parsePayload(group)
    this.#dialect = dialectOf(group)
    this.numbered = matchesBySequence(group)
    this.#matcher = this.numbered && payload.kind === 'generated' ? createMarkMatcher(this.#dialect) : null
  }

  /** Where a message due then is recorded. Both are loaded first: a load that the warm-up never made has no type yet. */
  sideOf(dueUs: number): Side {
    const { holdSide, warmupSide, holdFromUs } = this
    return dueUs >= holdFromUs ? holdSide : warmupSide
  }

  /** What finds the numbers of a client's replies; null: first in, first out. */
  matcherFor(client: number, token: string): Matcher | null {
    if (!this.numbered || this.#matcher !== null) return this.#matcher
    const pattern = patternOf(this.group.match)
    if (pattern !== null) return createPatternMatcher(pattern)
    return createTemplateMatcher(this.#parts, this.group.binary ? 'latin1' : 'utf8', { client, token })
  }

  /** The message a client sends: generated ones are one frame that all clients of the group, or of a room, share. */
  messageFor(client: number, token: string): Message {
    const room = this.fanOut?.audience.roomOf(client) ?? 0
    const create = () =>
      createMessage(this.group, this.#parts, { client, token, room }, this.numbered, this.#framed)
    if (this.group.payload.kind === 'template') return create()
    let shared = this.#shared.get(room)
    if (shared === undefined) {
      shared = create()
      this.#shared.set(room, shared)
    }
    return shared
  }

  /** What a client sends when it is open: what the dialect wants first, then what the user wants. */
  openingFor(client: number, token: string): Buffer[] {
    const room = this.fanOut?.audience.roomOf(client) ?? 0
    return listOpening(this.group, { client, room, token }).map((content) =>
      buildOpening(content, this.group.binary, this.#framed),
    )
  }
}

/** What a client sends first: what the dialect wants, then what the user wants. */
export function listOpening(group: Group, context: ClientContext): (string | Buffer)[] {
  const own = group.onOpen === null ? [] : [fillTemplate(group.onOpen, { ...context, seq: 0 })]
  return [...(dialectOf(group).opening?.(context) ?? []), ...own]
}

/** The first message of client 0 and its frame, for showing. */
export function createSampleMessage(group: Group, token: string): { frame: Buffer; payload: Buffer } {
  const build = (framed: boolean) => {
    const message = createMessage(
      group,
      parsePayload(group),
      { client: 0, token, room: 0 },
      matchesBySequence(group),
      framed,
    )
    message.prepare(0, 0)
    return message.bytes
  }
  return { frame: build(true), payload: build(false) }
}

function parsePayload({ payload }: Group): readonly TemplatePart[] {
  return payload.kind === 'template' ? parseTemplate(payload.template) : []
}

function createMessage(
  { payload, binary, dialect }: Group,
  parts: readonly TemplatePart[],
  values: { client: number; token: string; room: number },
  numbered: boolean,
  framed: boolean,
): Message {
  if (payload.kind === 'template') return Message.fromTemplate(parts, values, binary, framed)
  return Message.fromLayout(
    numbered
      ? layOut(dialectOf({ dialect }), payload.sizeBytes, { room: values.room, unixSeconds: unixSeconds() })
      : plainLayout(payload.sizeBytes),
    binary,
    framed,
  )
}

function dialectOf({ dialect }: Pick<Group, 'dialect'>): Dialect {
  const found = findDialect(dialect)
  if (found === undefined) throw new Error(`no dialect '${dialect}'`)
  return found
}

/** Too small for a number. */
function plainLayout(sizeBytes: number): PayloadLayout {
  return {
    bytes: Buffer.alloc(sizeBytes, 'abcdefghijklmnopqrstuvwxyz'),
    clientAt: [],
    clientDigits: 0,
    seqAt: [],
    seqDigits: 0,
  }
}
