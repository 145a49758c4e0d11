/** What one member of an audience has got of the messages to it, and what it has not. */
import { Recorder } from '../record/recorder.ts'
import type { FanOut } from './fan-out.ts'
import type { GroupRun } from './group-run.ts'

const { at } = Recorder
const RECEIVED = at.deliveries_received
const IN_HOLD = at.deliveries_in_hold

/** Half of the documents' channel: who is cut off this far behind was cut off for it. */
export const LAGGING = 50

export class Inbox {
  readonly room: number
  readonly #fanOut: FanOut
  readonly #group: GroupRun
  readonly #client: number
  /** −1: it only listens. */
  readonly #publisher: number
  /** By publisher of the room: greatest number received + 1, and a ring of bits for the numbers below. */
  readonly #next: Float64Array
  readonly #seen: Uint32Array
  readonly #words: number
  /** Messages sent to the room before it joined; null: it is no member. */
  #base: number | null = null
  #received = 0

  constructor(client: number, group: GroupRun, fanOut: FanOut) {
    const { audience, rooms } = fanOut
    this.#client = client
    this.#group = group
    this.#fanOut = fanOut
    this.room = audience.roomOf(client)
    this.#publisher = audience.publisherOf(client)
    const senders = Math.ceil(audience.publishers / rooms)
    this.#words = fanOut.windowWords
    this.#next = new Float64Array(senders)
    this.#seen = new Uint32Array(senders * this.#words)
  }

  join(): void {
    const { board, shard } = this.#fanOut
    this.#base = board.publishedIn(this.room)
    board.changeMembers(shard, this.room, 1)
  }

  /** No member any more; returns how many messages it had not got. */
  leave(): number {
    if (this.#base === null) return 0
    const { board, shard } = this.#fanOut
    board.changeMembers(shard, this.room, -1)
    const behind = Math.max(0, board.publishedIn(this.room) - this.#base - this.#received)
    board.settle(shard, behind)
    this.#base = null
    return behind
  }

  /**
   * Leaves, being a slow reader from now on: what it has not got is owed to nobody any more. Returns messages sent to the
   * room so far.
   */
  turnSlow(): number {
    const { board } = this.#fanOut
    const behind = this.leave()
    this.#group.stores.hold.add('deliveries_expected', -behind)
    return board.publishedIn(this.room)
  }

  /** Messages sent to its room so far. */
  get published(): number {
    return this.#fanOut.board.publishedIn(this.room)
  }

  /** Before its own message number `seq` is sent. */
  publish(seq: number, dueUs: number): void {
    const { board, shard } = this.#fanOut
    const audience = board.publish(shard, this.#publisher, this.room, seq, dueUs)
    this.#group.sideOf(dueUs).recorder.add('deliveries_expected', audience)
  }

  /**
   * A message of `sender` has come; `number` as it stands in it. Returns its sequence number; −1: it adds nothing, being a
   * duplicate, of another room, of another run, or of nobody known.
   */
  receive(sender: number, number: number): number {
    const { board, audience, rooms, shard } = this.#fanOut
    const group = this.#group
    const nowUs = group.io.readUs
    const publisher = audience.publisherOf(sender)
    const seq = number - group.seqBase
    // What was never sent would spoil the account of what was; and who has not joined yet is owed nothing.
    if (publisher === -1 || this.#base === null || !board.isSent(publisher, seq))
      return this.#count('messages_unexpected', nowUs)
    if (publisher % rooms !== this.room) return this.#count('messages_misrouted', nowUs)
    const order = this.#place(Math.floor(publisher / rooms), seq)
    if (order === 'again') return this.#count('messages_duplicated', nowUs)
    this.#received++
    board.settle(shard, 1)
    const dueUs = board.dueUsOf(publisher, seq)
    const latencyUs = nowUs - dueUs
    // One that is not kept any more (NaN) is older than all that are.
    if (!(latencyUs <= group.limits.replyTimeoutUs)) {
      group.sideOf(dueUs >= 0 ? dueUs : nowUs).recorder.add('deliveries_late')
      return seq
    }
    const { recorder } = group.sideOf(dueUs)
    recorder.counters[RECEIVED]!++
    group.sideOf(nowUs).recorder.counters[IN_HOLD]! += group.holding
    recorder.trends.delivery_time.record(latencyUs)
    if (order === 'overtaken' && sender !== this.#client) recorder.add('messages_reordered')
    if (board.countDown(publisher, seq)) recorder.trends.last_delivery_time.record(latencyUs)
    group.lastReplyUs = nowUs
    return seq
  }

  /** `overtaken`: a later one of the same sender came before it. */
  #place(sender: number, seq: number): 'next' | 'overtaken' | 'again' {
    const next = this.#next[sender]!
    const seen = this.#seen
    const bits = this.#words << 5
    const start = sender * this.#words
    const word = start + ((seq & (bits - 1)) >>> 5)
    const bit = 1 << (seq & 31)
    if (seq < next) {
      if (next - seq > bits || (seen[word]! & bit) !== 0) return 'again'
      seen[word]! |= bit
      return 'overtaken'
    }
    // Those in between have not come; their places in the ring may have bits of older ones.
    for (let between = Math.max(next, seq - bits + 1); between < seq; between++)
      seen[start + ((between & (bits - 1)) >>> 5)]! &= ~(1 << (between & 31))
    seen[word]! |= bit
    this.#next[sender] = seq + 1
    return 'next'
  }

  #count(name: 'messages_unexpected' | 'messages_misrouted' | 'messages_duplicated', nowUs: number): -1 {
    this.#group.sideOf(nowUs).recorder.add(name)
    return -1
  }
}
