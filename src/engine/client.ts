/** One virtual client: what it sends, which reply answers what, and how its connection fared. */
import { CONTROL, type Matcher, OTHERS, PUSH } from '../dialects/dialect.ts'
import type { FailureClass } from '../record/failures.ts'
import { Recorder } from '../record/recorder.ts'
import type { CounterName } from '../record/series.ts'
import { nowUs } from './clock.ts'
import { GivenUp } from './given-up.ts'
import type { GroupRun } from './group-run.ts'
import { Inbox, LAGGING } from './inbox.ts'
import type { ConnectionEnd, ConnectionHandler, Link } from './link.ts'
import type { Message } from './message.ts'
import { recordOpening } from './opening.ts'
import { PingWatch } from './ping-watch.ts'
import { PushWatch } from './push-watch.ts'
import { SlowReading } from './slow-reading.ts'

const { at } = Recorder
const SENT = at.messages_sent
const RECEIVED = at.messages_received
const DUE = at.messages_due
const REPLIES_IN_HOLD = at.replies_in_hold
const BYTES_SENT = at.bytes_sent
const BYTES_RECEIVED = at.bytes_received

/** Asks whether the opening messages were dealt with. */
const JOIN_PING = Buffer.alloc(0)
/** A server that answers no ping is taken to have let its client in by then. */
const JOIN_TIMEOUT_US = 1e6

export class Client implements ConnectionHandler {
  // What every message touches comes first, side by side in memory.
  /** Global number, 0-based: what `{client}` and the payload say. */
  readonly id: number
  link: Link | null = null
  /** Null while it is being opened; true open, false failed or ended. */
  isOpen: boolean | null = null
  readonly #group: GroupRun
  readonly #message: Message
  /** Null: first in, first out. */
  readonly #matcher: Matcher | null
  /** Null: its messages are answered to it alone. */
  readonly #inbox: Inbox | null
  /** Place within the shard's share of the group. */
  readonly #index: number
  #nextSeq = 0
  #sentInHold = 0
  #outstanding = 0
  /** Replies in the hold. */
  #replies = 0
  /** Slots of the pool: oldest and newest message under way. */
  #head = -1
  #tail = -1
  #greatestReply = -1
  /** What the last write left in the socket. */
  #queuedBytes = 0
  #finished = true
  #cancelled = false
  /** When we cut it, to see it come back; 0: we did not. */
  #cutUs = 0

  /** Resolves connect(): called once, when open or failed. */
  onSettled: (() => void) | null = null
  /** Called when the socket is gone. */
  onGone: (() => void) | null = null
  readonly #opening: readonly Buffer[]
  /** Null: the server pushes nothing. */
  #push: PushWatch | null
  /** Null: it pings nobody. */
  readonly #pings: PingWatch | null
  /** The server's pings that it left unanswered, being told to, and since when. */
  #unanswered = 0
  #unansweredSinceUs = 0
  #connectDueUs = 0
  #rampStartUs = 0
  #givenUp: GivenUp | null = null
  /** Due times of an open schedule that wait for the one message under way (first in, first out). */
  #waiting: number[] = []
  /** From when it is a slow reader; what may be read until it stops again. */
  #slow: SlowReading | null = null
  /** Since when a closed client waits for room in its socket; 0: it does not. */
  #fullSinceUs = 0

  constructor(id: number, index: number, group: GroupRun, token: string, opening: readonly Buffer[]) {
    this.id = id
    this.#index = index
    this.#group = group
    this.#inbox = group.fanOut === null ? null : new Inbox(id, group, group.fanOut)
    this.#message = group.messageFor(id, token)
    this.#matcher = group.matcherFor(id, token)
    this.#push = group.push === null ? null : new PushWatch(group.push, group.stores.hold)
    const { hold, failures } = group.stores
    this.#pings = group.group.behaviour.pingEveryUs === null ? null : new PingWatch(hold, failures, group.io)
    this.#opening = opening
  }

  /** Opens its connection; `dueUs` is when the ramp wanted it, `rampStartUs` when the connect phase began. */
  connect(link: Link, dueUs: number, rampStartUs: number): void {
    this.link = link
    this.isOpen = null
    this.#connectDueUs = dueUs
    this.#rampStartUs = rampStartUs
    this.#group.stores.hold.add('connections_attempted')
    link.open()
  }

  /** Opens a connection in place of one that is gone; `dueUs` is when its policy wanted it. */
  reconnect(link: Link, dueUs: number): void {
    const { push, stores } = this.#group
    this.link = link
    this.isOpen = null
    this.#connectDueUs = dueUs
    this.#queuedBytes = 0
    this.#fullSinceUs = 0
    this.#unanswered = 0
    if (push !== null) this.#push = new PushWatch(push, stores.hold)
    link.open()
  }

  /** Ends an open connection at once, as if the network had: so that it has to come back. */
  cut(): void {
    if (this.isOpen !== true || !this.link!.isOpen) return
    this.#cutUs = nowUs()
    this.link!.reset('close-code', 'cut by us')
  }

  /** Counts an attempt that could not even begin (the name did not resolve). */
  failToConnect(detail: string): void {
    const { hold, failures } = this.#group.stores
    hold.add('connections_attempted')
    hold.add('connections_failed')
    failures.add('dns', detail, nowUs())
    this.isOpen = false
    this.#settle()
    this.onGone?.()
  }

  /** Interrupted while connecting: neither opened nor failed. */
  cancel(): void {
    if (this.isOpen !== null || this.link === null) return
    this.#cancelled = true
    this.link.reset('socket-error', 'interrupted')
  }

  /** From here on it reads as its group's behaviour says, and belongs to no audience: nobody waits for what it gets. */
  turnSlow(): void {
    if (this.isOpen !== true || this.#inbox === null || this.#slow !== null) return
    const { stores, group } = this.#group
    stores.hold.add('slow_clients')
    const { read } = group.behaviour
    this.#slow = new SlowReading(this.link!, read === 'none' ? 0 : Number(read), this.#inbox.turnSlow())
  }

  /** Reads all again, so that how the server has ended it is known. Returns whether it was slow, and still is there. */
  endSlow(): boolean {
    const slow = this.#slow
    if (slow === null || this.isOpen !== true) return false
    this.#settleOwed()
    slow.end()
    return true
  }

  #settleOwed(): void {
    const owed = this.#slow!.takeOwed(this.#inbox!.published)
    this.#group.stores.hold.add('slow_messages_owed', owed)
  }

  // ---- connection events

  onBytes(count: number): void {
    const group = this.#group
    const { io } = group
    io.reads++
    io.readUs = nowUs()
    io.sendUs = io.readUs
    this.#slow?.read(count)
    // Not the handshake, nor what comes when we have said that we go.
    if (this.isOpen !== true || this.link!.closingUs > 0) return
    const { recorder } = group.sideOf(io.readUs)
    recorder.counters[BYTES_RECEIVED]! += count
  }

  onOpen(): void {
    const link = this.link!
    const { comebacks, stores } = this.#group
    if (comebacks?.has(this)) comebacks.succeed(this, link.openUs)
    else recordOpening(stores.hold, link, this.#connectDueUs, this.#rampStartUs)
    this.isOpen = true
    this.#push?.open(link.openUs)
    for (const bytes of this.#opening) link.write(bytes)
    // An answer to a ping says that the server has dealt with what was sent before it.
    if (this.#inbox !== null) link.ping(JOIN_PING)
    else {
      if (this.#group.group.behaviour.read === 'none') link.pauseReading()
      this.#settle()
    }
  }

  onPing(answered: boolean): void {
    const { hold } = this.#group.stores
    hold.add('pings_received')
    if (answered) hold.add('pongs_sent')
    else if (!this.#group.group.behaviour.pong && this.#unanswered++ === 0)
      this.#unansweredSinceUs = this.#group.io.readUs
    if (this.#group.push?.by === 'ping') this.#push?.receive(this.#group.io.readUs)
  }

  onPong(data: Buffer, start: number, end: number): void {
    if (this.#inbox !== null && this.onSettled !== null) this.#join(this.#inbox)
    this.#pings?.receive(data, start, end, this.#group.io.readUs)
  }

  onComment(): void {
    this.#group.stores.hold.add('keep_alives_received')
  }

  onReconnect(tookUs: number): void {
    const { hold } = this.#group.stores
    hold.add('reconnects')
    hold.record('reconnect_time', tookUs)
  }

  /** From here on it belongs to the audience. */
  #join(inbox: Inbox): void {
    inbox.join()
    const { read, slowAfterUs } = this.#group.group.behaviour
    if (read === 'none' && slowAfterUs === null) this.link!.pauseReading()
    this.#settle()
  }

  onMessage(_opcode: number, data: Buffer, start: number, end: number): void {
    const group = this.#group
    const { inFlight } = group
    const matcher = this.#matcher
    let slot = this.#head
    if (matcher !== null) {
      let seq = matcher.classify(data, start, end, this.id)
      if (seq < 0) {
        this.#foreign(seq, matcher)
        return
      }
      if (this.#inbox !== null) {
        if (this.#slow !== null) return
        seq = this.#inbox.receive(this.id, seq)
        if (seq < 0) return
      }
      slot = this.#unlink(seq)
      if (slot === -1) {
        this.#stray(seq)
        return
      }
      if (group.io.readUs <= inFlight.sentUsOf(slot)) {
        // Read before it was sent: an answer from a server that does not wait for the question.
        this.#putBack(slot)
        this.#unexpected()
        return
      }
      if (seq < this.#greatestReply) this.#recorderFor(inFlight.dueUsOf(slot)).add('messages_reordered')
      else this.#greatestReply = seq
    } else if (slot === -1 || group.io.readUs <= inFlight.sentUsOf(slot)) {
      this.#unexpected()
      return
    } else {
      this.#head = inFlight.nextOf(slot)
      if (this.#head === -1) this.#tail = -1
    }
    const nowUs = group.io.readUs
    const dueUs = inFlight.dueUsOf(slot)
    const serviceUs = nowUs - inFlight.sentUsOf(slot)
    const responseUs = nowUs - dueUs
    const { recorder, spread, slowest, counts } = group.sideOf(dueUs)
    recorder.counters[RECEIVED]!++
    group.sideOf(nowUs).recorder.counters[REPLIES_IN_HOLD]! += group.holding
    recorder.trends.service_time.record(serviceUs)
    if (group.recordsResponse) recorder.trends.response_time.record(responseUs)
    spread.record(this.#index, this.#replies, responseUs)
    this.#replies += counts
    if (responseUs > slowest.thresholdUs) slowest.offer(this.id, inFlight.seqOf(slot), dueUs, responseUs)
    group.lastReplyUs = nowUs
    inFlight.release(slot)
    this.#outstanding--
    group.io.outstanding--
    this.#next()
  }

  onEnd(end: ConnectionEnd): void {
    const now = nowUs()
    const { hold, failures } = this.#group.stores
    this.isOpen = false
    const behind = this.#inbox?.leave() ?? 0
    this.#push?.end(now)
    this.#pings?.end(now)
    const { comebacks } = this.#group
    const isReturning = comebacks?.has(this) === true
    if (this.#cancelled) {
      hold.add(isReturning ? 'reconnect_attempts' : 'connections_attempted', -1)
    } else if (end.when === 'connecting') {
      failures.add(end.class, end.detail, now)
      if (isReturning) comebacks.fail(this, now)
      else hold.add('connections_failed')
    } else if (end.when === 'open') {
      hold.add('connections_closed')
      hold.record('connection_lifetime', now - this.link!.openUs)
      if (this.#slow !== null) {
        hold.add('slow_dropped')
        this.#settleOwed()
      }
      const why =
        this.#slow !== null
          ? 'dropped-slow'
          : this.#unanswered > 0
            ? 'dropped-silent'
            : behind >= LAGGING
              ? 'dropped-lagging'
              : end.class
      failures.addEnd(why, end.detail, now)
      if (this.#unanswered > 0) this.#recordDrop(hold, now)
      comebacks?.lose(this, now)
    } else if (this.#cutUs > 0) {
      hold.add('connections_cut')
      comebacks?.lose(this, this.#cutUs)
      this.#cutUs = 0
    }
    this.#loseAll(now)
    this.#settle()
    this.onGone?.()
  }

  /** The server had enough of a client that answers no ping. */
  #recordDrop(hold: Recorder, now: number): void {
    hold.record('drop_time', now - this.#unansweredSinceUs)
    hold.trends.pongs_missed.record(this.#unanswered)
  }

  // ---- sending

  /** A ping whose time has come. */
  pingDue(dueUs: number): void {
    if (this.isOpen === true && this.link!.isOpen) this.#pings!.send(this.link!, dueUs, nowUs())
  }

  /** Closed pacing: fills the window. Call once the group is sending. */
  startClosed(inFlight: number): void {
    this.#finished = false
    this.#group.io.sendUs = 0
    if (this.isOpen !== true) {
      this.#finish()
      return
    }
    for (let n = this.#outstanding; n < inFlight; n++) this.#sendClosed()
  }

  /** Open pacing: a message whose time has come. */
  sendDue(dueUs: number): void {
    const group = this.#group
    const recorder = this.#recorderFor(dueUs)
    const now = nowUs()
    recorder.counters[DUE]!++
    recorder.trends.pacer_lag.record(now - dueUs)
    if (this.isOpen !== true || !this.link!.isOpen) {
      this.#fail(recorder, 'messages_unsent_closed', 'not-open', now)
    } else if (this.#isFull()) {
      this.#fail(recorder, 'messages_unsent_full', 'socket-full', now)
    } else if (this.#matcher === null && this.#outstanding > 0) {
      this.#waiting.push(dueUs)
      group.io.outstanding++
    } else {
      this.#transmit(dueUs, now, recorder)
    }
  }

  /** Open pacing: a message that was due and is not sent, because the generator was behind. */
  skipDue(dueUs: number): void {
    const recorder = this.#recorderFor(dueUs)
    recorder.counters[DUE]!++
    this.#fail(recorder, 'messages_unsent_behind', 'pacer-behind', nowUs())
  }

  /** What follows a reply, or a message given up. */
  #next(): void {
    const group = this.#group
    if (group.open) {
      const dueUs = this.#waiting.shift()
      if (dueUs === undefined) return
      group.io.outstanding--
      this.#transmit(dueUs, nowUs(), this.#recorderFor(dueUs))
    } else if (!this.#finished) {
      this.#sendClosed()
    }
  }

  #sendClosed(): void {
    const group = this.#group
    const { messages } = group.group.stop
    if (
      !group.sending ||
      this.isOpen !== true ||
      !this.link!.isOpen ||
      (messages !== null && this.#sentInHold >= messages)
    ) {
      if (this.#outstanding === 0) this.#finish()
      return
    }
    const { io } = group
    const now = io.sendUs > 0 ? io.sendUs : nowUs()
    io.sendUs = 0
    if (this.#isFull()) {
      if (this.#fullSinceUs === 0) this.#fullSinceUs = now
      return
    }
    const { recorder, counts } = group.sideOf(now)
    recorder.counters[DUE]!++
    this.#sentInHold += counts
    this.#transmit(now, now, recorder)
  }

  #transmit(dueUs: number, now: number, recorder: Recorder): void {
    const { inFlight, io } = this.#group
    const message = this.#message
    const link = this.link!
    const seq = this.#nextSeq++
    const slot = inFlight.take(seq, dueUs, now)
    if (this.#tail === -1) this.#head = slot
    else inFlight.link(this.#tail, slot)
    this.#tail = slot
    this.#outstanding++
    io.outstanding++
    if (this.#inbox !== null) this.#inbox.publish(seq, dueUs)
    message.prepare(this.id, seq + this.#group.seqBase)
    recorder.counters[SENT]!++
    recorder.counters[BYTES_SENT]! += message.bytes.length
    this.#queuedBytes = link.write(message.bytes)
    if (this.#queuedBytes > 0) message.retire()
  }

  /** Asks the socket only when the last write left something in it. */
  #isFull(): boolean {
    if (this.#queuedBytes === 0) return false
    this.#queuedBytes = this.link!.queuedBytes
    return this.#queuedBytes > this.#group.limits.maxQueuedBytes
  }

  // ---- matching

  /** Takes the message with that number out of the list; -1 when it is not under way. */
  #unlink(seq: number): number {
    const { inFlight } = this.#group
    let before = -1
    let slot = this.#head
    if (seq >= this.#nextSeq) return -1
    // Oldest first, so the walk ends at the first that is newer.
    while (slot !== -1 && inFlight.seqOf(slot) < seq) {
      before = slot
      slot = inFlight.nextOf(slot)
    }
    if (slot === -1 || inFlight.seqOf(slot) !== seq) return -1
    const after = inFlight.nextOf(slot)
    if (before === -1) this.#head = after
    else inFlight.link(before, after)
    if (after === -1) this.#tail = before
    return slot
  }

  /** Undoes #unlink. */
  #putBack(slot: number): void {
    const { inFlight } = this.#group
    let before = -1
    let after = this.#head
    while (after !== -1 && inFlight.seqOf(after) < inFlight.seqOf(slot)) {
      before = after
      after = inFlight.nextOf(after)
    }
    inFlight.link(slot, after)
    if (before === -1) this.#head = slot
    else inFlight.link(before, slot)
    if (after === -1) this.#tail = slot
  }

  /** A reply to a message that is not under way: given up before, answered before, or never sent. */
  #stray(seq: number): void {
    const { holdSide, warmupSide, io } = this.#group
    const recorder = this.#recorderFor(io.readUs)
    const late = this.#givenUp?.take(seq) ?? null
    if (late !== null) (late === 'hold' ? holdSide : warmupSide).recorder.add('messages_late')
    else if (seq < this.#nextSeq) recorder.add('messages_duplicated')
    else recorder.add('messages_unexpected')
  }

  /** Not an answer to one of its own messages. */
  #foreign(meaning: number, matcher: Matcher): void {
    // What a slow reader gets is late by intent.
    if (this.#slow !== null) return
    if (meaning === OTHERS && this.#inbox !== null) this.#inbox.receive(matcher.sender, matcher.seq)
    else if (meaning === PUSH && this.#group.push?.by === 'message')
      this.#push!.receive(this.#group.io.readUs)
    else if (meaning === CONTROL || (meaning === PUSH && this.#push !== null))
      this.#recorderFor(this.#group.io.readUs).add('messages_control')
    else this.#unexpected()
  }

  #unexpected(): void {
    this.#recorderFor(this.#group.io.readUs).add('messages_unexpected')
  }

  // ---- the sweep

  /** Gives up what is overdue; called for every client some ten times a second. */
  sweep(now: number): void {
    const { limits, inFlight } = this.#group
    const link = this.link
    if (link === null) return
    this.#group.io.sendUs = 0
    if (this.isOpen === null && now - link.attemptUs > limits.connectTimeoutUs) {
      if (link.tcpUs === 0) link.reset('connect-timeout', 'timeout')
      else if (link.isSecure && link.tlsUs === 0) link.reset('tls', 'timeout')
      else link.reset('upgrade-timeout', 'timeout')
      return
    }
    if (this.isOpen === true && this.onSettled !== null && now - link.openUs > JOIN_TIMEOUT_US) {
      this.#group.stores.hold.add('joins_unconfirmed')
      this.#join(this.#inbox!)
    }
    if (link.closingUs > 0 && now - link.closingUs > limits.closeTimeoutUs)
      link.reset('close-code', 'timeout')
    while (this.#waiting.length > 0 && now - this.#waiting[0]! > limits.replyTimeoutUs) this.#dropWaiting(now)
    while (this.#head !== -1 && now - inFlight.sentUsOf(this.#head) > limits.replyTimeoutUs) {
      this.#lose('no-reply', now)
      this.#next()
    }
    this.#slow?.sweep(now)
    if (this.#fullSinceUs > 0) this.#retryFull(now)
    this.#pings?.sweep(now, limits.replyTimeoutUs)
  }

  /** A message whose turn did not come within the reply timeout: the one before it had no reply. Else the drain would wait for each in turn. */
  #dropWaiting(now: number): void {
    const dueUs = this.#waiting.shift()!
    this.#group.io.outstanding--
    const recorder = this.#recorderFor(dueUs)
    this.#fail(recorder, 'messages_unsent_full', 'socket-full', now, 'the reply before did not come')
  }

  /** A closed client whose socket was full: sends when there is room, gives the message up after the reply timeout. */
  #retryFull(now: number): void {
    const { stores, limits } = this.#group
    if (this.#isFull() && this.isOpen === true) {
      if (now - this.#fullSinceUs <= limits.replyTimeoutUs) return
      const recorder = this.#recorderFor(now)
      recorder.counters[DUE]!++
      this.#fail(recorder, 'messages_unsent_full', 'socket-full', now)
      if (recorder === stores.hold) this.#sentInHold++
    }
    this.#fullSinceUs = 0
    this.#sendClosed()
  }

  /** Counts the oldest message under way as lost. */
  #lose(why: 'no-reply' | 'connection-ended', now: number): void {
    const { inFlight, io, stores } = this.#group
    const slot = this.#head
    const recorder = this.#recorderOfLost(inFlight.dueUsOf(slot), now)
    this.#fail(recorder, 'messages_lost', why, now)
    this.#givenUp ??= new GivenUp(this.#group.remembered)
    this.#givenUp.add(inFlight.seqOf(slot), recorder === stores.hold ? 'hold' : 'warmup')
    this.#head = inFlight.nextOf(slot)
    if (this.#head === -1) this.#tail = -1
    inFlight.release(slot)
    this.#outstanding--
    io.outstanding--
  }

  /**
   * Where a lost message counts. One of the warm-up for which a closed client still waited in the hold has kept it from
   * sending in the hold, so it becomes one of the hold's: else a hold that only waited would be a hold without an error.
   */
  #recorderOfLost(dueUs: number, now: number): Recorder {
    const group = this.#group
    const recorder = this.#recorderFor(dueUs)
    const { hold } = group.stores
    if (recorder === hold || group.open || now < group.holdFromUs) return recorder
    const names = ['messages_due', 'messages_sent', 'deliveries_expected'] as const
    // Its own copy is one of the deliveries of its message.
    for (const name of this.#inbox === null ? names.slice(0, 2) : names) {
      recorder.add(name, -1)
      hold.add(name)
    }
    return hold
  }

  /** The connection is gone: nothing under way will be answered, and what was to come is not sent. */
  #loseAll(now: number): void {
    while (this.#head !== -1) this.#lose('connection-ended', now)
    for (const dueUs of this.#waiting.splice(0)) {
      this.#group.io.outstanding--
      this.#fail(this.#recorderFor(dueUs), 'messages_unsent_closed', 'not-open', now)
    }
    this.#finish()
  }

  /** The listening is over. */
  endPush(): void {
    if (this.isOpen === true) this.#push?.end(nowUs())
  }

  /** Interrupted: what is under way is neither received nor lost. */
  abandon(): void {
    this.#group.stores.spread.addReplies(this.#index, this.#replies)
    this.#replies = 0
    const { inFlight, io } = this.#group
    while (this.#head !== -1) {
      const slot = this.#head
      this.#recorderFor(inFlight.dueUsOf(slot)).add('messages_unanswered')
      this.#head = inFlight.nextOf(slot)
      inFlight.release(slot)
      this.#outstanding--
      io.outstanding--
    }
    this.#tail = -1
    this.#pings?.abandon()
    while (this.#waiting.length > 0) this.#dropWaiting(nowUs())
  }

  #settle(): void {
    this.onSettled?.()
    this.onSettled = null
  }

  #finish(): void {
    if (this.#finished) return
    this.#finished = true
    const { group, stores } = this.#group
    this.#group.busyClients--
    const left = group.stop.messages === null ? 0 : group.stop.messages - this.#sentInHold
    // A connection that is closing sends no more either. Past the sending (time was up, or interrupted) nothing is due.
    if (left > 0 && this.#group.sending && !(this.isOpen === true && this.link!.isOpen)) {
      stores.hold.add('messages_due', left)
      stores.hold.add('messages_unsent_closed', left)
      stores.failures.add('not-open', '', nowUs(), left)
    }
  }

  /** Error classes are the hold's; what failed in the warm-up is in its counters. */
  #fail(recorder: Recorder, counter: CounterName, why: FailureClass, now: number, detail = ''): void {
    const { hold, failures } = this.#group.stores
    recorder.add(counter)
    if (recorder === hold) failures.add(why, detail, now)
  }

  #recorderFor(dueUs: number): Recorder {
    return this.#group.sideOf(dueUs).recorder
  }
}
