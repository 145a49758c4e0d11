/** A virtual client that runs a flow: its connection, its messages, one flow after the other. */
import { FlowFailure } from '../flows/flow-failure.ts'
import { ReceivedMessage } from '../flows/received-message.ts'
import type { FailureClass } from '../record/failures.ts'
import type { Recorder } from '../record/recorder.ts'
import { OPCODE, writeFrame } from '../websocket/frame-writer.ts'
import { nowUs } from './clock.ts'
import type { FlowRun } from './flow-run.ts'
import { FlowSession, type Outcome } from './flow-session.ts'
import type { ConnectionEnd, ConnectionHandler, Link } from './link.ts'
import { Mailbox } from './mailbox.ts'
import { recordOpening } from './opening.ts'
import { createRandom } from './schedule.ts'

/** Between a flow that failed, or a connection that could not be opened, and the next try: no server is hammered by mistake. */
const PAUSE_MS = 250
/** How often a full socket is asked for room. */
const ROOM_MS = 5

/** Why a connection could not be opened. */
export interface OpenFailure {
  readonly class: FailureClass
  readonly detail: string
}

export class ScriptedClient implements ConnectionHandler {
  readonly id: number
  link: Link | null = null
  /** Null while it is being opened; true open, false failed or ended. */
  isOpen: boolean | null = null
  onSettled: (() => void) | null = null
  onGone: (() => void) | null = null
  readonly mailbox: Mailbox
  readonly random: () => number
  readonly #run: FlowRun
  /** Place within the whole group. */
  readonly #place: number
  readonly #token: string
  readonly #openLink: () => Link | string
  #session: FlowSession | null = null
  #connectDueUs = 0
  #rampStartUs = 0
  #failure: OpenFailure | null = null
  /** How the last connection ended; null: we ended it, or there was none. */
  #lost: OpenFailure | null = null
  /** The flow asked for the end of the connection, by whichever side. */
  #isLeaving = false
  /** A flow has run on this connection: what it left there is not for the next one. */
  #isUsed = false
  /** A flow failed on it: nobody knows what is still to come. */
  #isSpoiled = false
  /** The run is over. */
  #isStopped = false
  #isCancelled = false
  #begun = 0
  #begunInHold = 0
  readonly #gone: (() => void)[] = []
  readonly #closes: ((code: number) => void)[] = []
  readonly #pongs: (() => void)[] = []

  constructor(id: number, place: number, run: FlowRun, token: string, openLink: () => Link | string) {
    this.id = id
    this.#place = place
    this.#run = run
    this.#token = token
    this.#openLink = openLink
    this.mailbox = new Mailbox(run.mailboxBytes)
    this.random = createRandom(run.seed + 7919 * id)
  }

  get isConnected(): boolean {
    return this.isOpen === true && this.link!.isOpen
  }

  // ---- what every client of a shard has

  connect(link: Link, dueUs: number, rampStartUs: number): void {
    this.link = link
    this.isOpen = null
    this.#connectDueUs = dueUs
    this.#rampStartUs = rampStartUs
    this.#isLeaving = false
    this.#isUsed = false
    this.#isSpoiled = false
    this.#lost = null
    this.#run.group.stores.hold.add('connections_attempted')
    link.open()
  }

  failToConnect(detail: string): void {
    const { hold, failures } = this.#run.group.stores
    hold.add('connections_attempted')
    hold.add('connections_failed')
    failures.add('dns', detail, nowUs())
    this.#failure = { class: 'dns', detail }
    this.isOpen = false
    this.#settle()
    this.onGone?.()
  }

  /** Interrupted while connecting: neither opened nor failed. */
  cancel(): void {
    if (this.isOpen !== null || this.link === null) return
    this.#isCancelled = true
    this.link.reset('socket-error', 'interrupted')
  }

  onBytes(count: number): void {
    const { group } = this.#run
    group.io.reads++
    group.io.readUs = nowUs()
    if (this.isOpen !== true || this.link!.closingUs > 0) return
    group.sideOf(group.io.readUs).recorder.add('bytes_received', count)
  }

  onOpen(): void {
    const link = this.link!
    recordOpening(this.#run.group.stores.hold, link, this.#connectDueUs, this.#rampStartUs)
    this.isOpen = true
    this.#run.trace?.event(this.id, 'open')
    if (this.#session === null) this.#run.free(this)
    this.#settle()
  }

  onPing(answered: boolean): void {
    const { hold } = this.#run.group.stores
    hold.add('pings_received')
    if (answered) hold.add('pongs_sent')
    this.#run.trace?.event(this.id, answered ? 'ping from the server, answered' : 'ping from the server')
  }

  onPong(): void {
    this.#pongs.shift()?.()
  }

  onMessage(opcode: number, data: Buffer, start: number, end: number): void {
    const { group, trace } = this.#run
    const recorder = this.#recorderAt(group.io.readUs)
    recorder.add('messages_received')
    recorder.add('replies_in_hold', group.holding)
    // The buffer is the next message's too.
    const message = new ReceivedMessage(Buffer.from(data.subarray(start, end)), opcode === OPCODE.binary)
    trace?.received(this.id, opcode, message.bytes)
    const dropped = this.mailbox.put(message)
    if (dropped > 0) recorder.add('messages_overflowed', dropped)
  }

  onEnd(end: ConnectionEnd): void {
    const now = nowUs()
    const { hold, failures } = this.#run.group.stores
    const wasOpen = this.isOpen === true
    this.isOpen = false
    if (this.#isCancelled) {
      hold.add('connections_attempted', -1)
    } else if (end.when === 'connecting') {
      hold.add('connections_failed')
      failures.add(end.class, end.detail, now)
      this.#failure = end
    } else if (end.when === 'open' && !this.#isLeaving) {
      hold.add('connections_closed')
      failures.addEnd(end.class, end.detail, now)
      this.#lost = end
    } else if (wasOpen && !this.#isStopped) {
      hold.add('connections_left')
    }
    this.#run.trace?.event(this.id, `closed: ${end.class} ${end.detail}`)
    this.#settle()
    for (const closed of this.#closes.splice(0)) closed(codeOf(end))
    this.#session?.endConnection(this.whyClosed())
    this.#pongs.length = 0
    for (const gone of this.#gone.splice(0)) gone()
    this.onGone?.()
    if (!this.#isStopped) this.#run.lose(this)
  }

  sweep(now: number): void {
    const { limits } = this.#run.group
    const { link } = this
    if (link === null) return
    if (this.isOpen === null && now - link.attemptUs > limits.connectTimeoutUs) {
      if (link.tcpUs === 0) link.reset('connect-timeout', 'timeout')
      else if (link.isSecure && link.tlsUs === 0) link.reset('tls', 'timeout')
      else link.reset('upgrade-timeout', 'timeout')
      return
    }
    if (this.isOpen === true && link.closingUs > 0 && now - link.closingUs > limits.closeTimeoutUs)
      link.reset('close-code', 'timeout')
    const session = this.#session
    if (session === null) return
    if (this.#run.isOverdue(now)) session.end({ kind: 'unfinished' })
    else if (session.idleSinceUs !== null && now - session.idleSinceUs > this.#run.settings.idleUs) {
      const message = `did nothing for ${this.#run.settings.idleUs / 1e6} s`
      session.end({ kind: 'failed', error: new FlowFailure('flow-stalled', message) })
    }
  }

  /** It listens to no pushes, and a flow pings when it wants to. */
  endPush(): void {}
  pingDue(): void {}
  cut(): void {}

  /** The run is over: what is under way is neither completed nor failed. */
  abandon(): void {
    this.#isStopped = true
    this.#session?.end({ kind: 'unfinished' })
    this.cancel()
  }

  // ---- closed pacing: one flow after the other

  startClosed(): void {
    void this.#repeat()
  }

  async #repeat(): Promise<void> {
    const { group } = this.#run
    const { messages } = group.group.stop
    // One that never opened has nothing to do, as other clients.
    const isLost = this.isOpen !== true && this.link?.openUs === 0
    while (!isLost && this.#mayBegin() && (messages === null || this.#begunInHold < messages)) {
      if (!(await this.#makeReady())) {
        if (this.#mayBegin()) this.#skip(nowUs(), 'flows_skipped_closed')
        await this.#pause()
        continue
      }
      if (!this.#mayBegin()) break
      const outcome = await this.perform(nowUs())
      if (outcome === 'failed') await this.#pause()
      // Reads get their turn, whatever the flow does.
      await new Promise((resolve) => setImmediate(resolve))
    }
    const left = messages === null || !this.#mayBegin() ? 0 : messages - this.#begunInHold
    for (let n = 0; n < left; n++) this.#skip(nowUs(), 'flows_skipped_closed')
    group.busyClients--
  }

  #mayBegin(): boolean {
    return this.#run.group.sending && !this.#isStopped
  }

  /** Has a connection that is fit for a flow. */
  async #makeReady(): Promise<boolean> {
    if (this.isConnected && !this.#isSpoiled) return true
    return (await this.renew()) === null
  }

  async #pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }

  // ---- open pacing

  /** A flow whose time has come: of this client, or of another that is free. */
  sendDue(dueUs: number): void {
    const { group } = this.#run
    const { recorder } = group.sideOf(dueUs)
    const client = this.#run.takeFree(this)
    recorder.trends.pacer_lag.record(nowUs() - dueUs)
    if (client === null)
      this.#skip(dueUs, this.#run.isAnyOpen ? 'flows_skipped_busy' : 'flows_skipped_closed')
    else void client.perform(dueUs).then((outcome) => client.#becomeFree(outcome))
  }

  skipDue(dueUs: number): void {
    this.#skip(dueUs, 'flows_skipped_behind')
  }

  async #becomeFree(outcome: Outcome['kind']): Promise<void> {
    if (outcome === 'failed') await this.#pause()
    await this.stayReady()
  }

  /** Takes flows again as soon as it has a connection. */
  async stayReady(): Promise<void> {
    while (!this.#isStopped && !this.#run.isEnding && this.#session === null) {
      if (await this.#makeReady()) {
        if (this.#session === null && !this.#isStopped) this.#run.free(this)
        return
      }
      await this.#pause()
    }
  }

  #skip(dueUs: number, why: 'flows_skipped_busy' | 'flows_skipped_closed' | 'flows_skipped_behind'): void {
    const { group } = this.#run
    const { hold, failures } = group.stores
    const { recorder } = group.sideOf(dueUs)
    recorder.add('flows_due')
    recorder.add(why)
    if (recorder !== hold) return
    this.#begunInHold++
    failures.add(CLASS_OF[why], '', nowUs())
  }

  // ---- one flow

  /** Runs it once; says how it ended. */
  perform(dueUs: number): Promise<Outcome['kind']> {
    const run = this.#run
    const { group } = run
    const { recorder, counts } = group.sideOf(dueUs)
    if (this.#isUsed) this.mailbox.clear()
    this.#isUsed = true
    recorder.add('flows_due')
    recorder.add('flows_started')
    group.io.outstanding++
    this.#begunInHold += counts
    return new Promise((resolve) => {
      const session = new FlowSession(this, run, dueUs, this.#begun++, (outcome) => {
        this.#session = null
        group.io.outstanding--
        this.#record(recorder, session, outcome)
        resolve(outcome.kind)
      })
      this.#session = session
      run.begin(session, this, this.#place, this.#token)
    })
  }

  #record(recorder: Recorder, session: FlowSession, outcome: Outcome): void {
    const { group } = this.#run
    const now = nowUs()
    group.lastReplyUs = now
    if (outcome.kind === 'completed') {
      recorder.add('flows_completed')
      group.sideOf(now).recorder.add('flows_in_hold', group.holding)
      recorder.trends.flow_time.record(now - session.dueUs)
    } else if (outcome.kind === 'unfinished') {
      recorder.add('flows_unfinished')
    } else {
      this.#isSpoiled = true
      recorder.add('flows_failed')
      this.#run.fail(outcome.error, session, this, this.#place, recorder === group.stores.hold)
    }
  }

  /** Messages of a flow count where the flow does. */
  #recorderAt(now: number): Recorder {
    return this.#run.group.sideOf(this.#session?.dueUs ?? now).recorder
  }

  // ---- what its flow does with the connection

  /** Sends it. Null: there is room for more; else what waits for room. */
  transmit(
    payload: Uint8Array,
    opcode: number,
  ): ((resolve: () => void, reject: (error: unknown) => void) => () => void) | null {
    const { group, isFramed, trace } = this.#run
    const link = this.link
    if (!this.isConnected || link === null) throw this.whyClosed()
    const { maxQueuedBytes, replyTimeoutUs } = group.limits
    if (link.queuedBytes > maxQueuedBytes)
      throw new FlowFailure('socket-full', 'the server does not read, and the flow does not wait for it')
    const frame = isFramed ? writeFrame(opcode, payload) : Buffer.from(payload)
    const recorder = this.#recorderAt(nowUs())
    recorder.add('messages_sent')
    recorder.add('bytes_sent', frame.length)
    trace?.sent(this.id, opcode, payload)
    if (link.write(frame, opcode === OPCODE.binary) <= maxQueuedBytes) return null
    return (resolve, reject) => {
      const fromUs = nowUs()
      const timer = setInterval(() => {
        if (link.queuedBytes <= maxQueuedBytes) resolve()
        else if (nowUs() - fromUs > replyTimeoutUs)
          reject(new FlowFailure('socket-full', 'the server does not read'))
      }, ROOM_MS)
      return () => clearInterval(timer)
    }
  }

  /** Sends a ping; what is returned forgets it. */
  ping(onPong: () => void): () => void {
    let wanted = true
    this.#pongs.push(() => {
      if (wanted) onPong()
    })
    this.link!.ping(Buffer.alloc(0))
    return () => {
      wanted = false
    }
  }

  /** Closes the connection politely; `gone` is called when it is gone. */
  leave(code: number, gone: () => void): void {
    if (this.isOpen !== true) {
      gone()
      return
    }
    // Not when the server has begun to.
    if (this.link!.closingUs === 0) this.#isLeaving = true
    this.#gone.push(gone)
    this.link!.close(code)
  }

  /** Told of the next end of the connection, which is then no error; what is returned forgets it. */
  awaitClose(closed: (code: number) => void): () => void {
    if (this.isOpen !== true) {
      closed(this.#lost === null ? 1000 : Number(this.#lost.detail) || 1006)
      return () => {}
    }
    const wasLeaving = this.#isLeaving
    this.#isLeaving = true
    this.#closes.push(closed)
    return () => {
      const place = this.#closes.indexOf(closed)
      if (place === -1) return
      this.#closes.splice(place, 1)
      this.#isLeaving = wasLeaving
    }
  }

  /** Ends the connection if there is one, and opens another; null: it is open. */
  async renew(): Promise<OpenFailure | null> {
    if (this.isOpen === null) return STOPPED
    if (this.isOpen) await new Promise<void>((resolve) => this.leave(1000, resolve))
    if (this.#isStopped) return STOPPED
    this.mailbox.clear()
    const link = this.#openLink()
    if (typeof link === 'string') {
      this.failToConnect(link)
      return this.#failure
    }
    await new Promise<void>((resolve) => {
      this.onSettled = resolve
      this.connect(link, nowUs(), this.#rampStartUs)
    })
    return (this.isOpen as boolean | null) === true ? null : (this.#failure ?? STOPPED)
  }

  whyClosed(): FlowFailure {
    if (this.#lost === null) return new FlowFailure('not-open', 'the connection was closed by the flow')
    const { class: failure, detail } = this.#lost
    return new FlowFailure('connection-ended', `the connection ended: ${failure} ${detail}`.trim())
  }

  #settle(): void {
    this.onSettled?.()
    this.onSettled = null
  }
}

const STOPPED: OpenFailure = { class: 'not-open', detail: 'the run is over' }

const CLASS_OF = {
  flows_skipped_busy: 'no-free-client',
  flows_skipped_closed: 'not-open',
  flows_skipped_behind: 'pacer-behind',
} as const

function codeOf({ class: failure, detail }: ConnectionEnd): number {
  return failure === 'close-code' ? Number(detail) || 1005 : 1006
}
