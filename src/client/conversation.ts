import { listCommands, parseLine } from './parse-line.ts'
import type { NoteLevel } from './present.ts'
import type { Scheduler } from './scheduler.ts'
import { Session, type SessionEnd, type SessionOptions } from './session.ts'
import type { Outgoing, Speech } from './speech.ts'

/** Where a conversation is shown: a terminal, or a pipe. */
export interface View {
  /** A text or binary message that came in. */
  message(data: Buffer, isBinary: boolean): void
  /** A WebSocket pong to a ping that was asked for. */
  pong(elapsedMs: number): void
  note(level: NoteLevel, text: string): void
}

/** Of the messages whose answer is awaited, the latest are remembered. */
const MOST_AWAITED = 1000

/** Commands in, messages out, over one session. */
export class Conversation {
  /** Settles when the session has ended. */
  readonly ended: Promise<SessionEnd>
  /** Lines that could not be understood. */
  mistakes = 0
  readonly #session: Session
  readonly #speech: Speech
  readonly #view: View
  readonly #scheduler: Scheduler
  readonly #maxRetries: number
  #settle: (end: SessionEnd) => void = () => {}
  #isClosing = false
  #isOver = false
  #awaited: string[] = []
  /** When each ping was sent, by its label. */
  readonly #pings = new Map<string, number>()
  #sent = 0
  /** Of the automatic ping, whose answer is not shown. */
  #heartbeatMark: string | null = null
  #listeners = new Set<() => void>()

  constructor(options: SessionOptions, speech: Speech, view: View, scheduler: Scheduler) {
    this.#speech = speech
    this.#view = view
    this.#scheduler = scheduler
    this.#maxRetries = options.maxRetries
    this.ended = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.#session = new Session(
      options,
      {
        onOpen: (subprotocol) => this.#onOpen(subprotocol),
        onMessage: (data, isBinary) => this.#onMessage(data, isBinary),
        onPong: (label) => this.#onPong(label),
        onHeartbeat: () => this.#onHeartbeat(),
        onRetry: (reason, delayMs, retry) => this.#onRetry(reason, delayMs, retry),
        onEnd: (end) => this.#onEnd(end),
      },
      scheduler,
    )
  }

  get isOpen(): boolean {
    return this.#session.isOpen
  }

  get isOver(): boolean {
    return this.#isOver
  }

  start(): void {
    this.#session.connect()
  }

  /** Closes politely; called again, at once. */
  close(): void {
    if (this.#isClosing) this.#session.cut()
    else this.#session.close()
    this.#isClosing = true
  }

  /** Does what a line asks for; resolves when a message has been handed on. False: the line asks to end. */
  async enter(line: string): Promise<boolean> {
    const action = parseLine(line, this.#speech)
    switch (action.kind) {
      case 'quit':
        return false
      case 'help':
        this.#showCommands()
        break
      case 'mistake':
        this.mistakes++
        this.#view.note('failure', action.problem)
        break
      case 'send':
        await this.#send(action.outgoing)
        break
      case 'ping':
        await this.#ping()
    }
    return true
  }

  /** Resolves once the connection is open, or the session has ended. */
  untilOpen(): Promise<void> {
    return this.#until(() => this.isOpen)
  }

  /** Resolves when all that was sent has come back or was answered, at the latest (and when nothing was sent) after `waitMs`. */
  async untilAnswered(waitMs: number): Promise<void> {
    let isLate = false
    const cancel = this.#scheduler.after(waitMs, () => {
      isLate = true
      this.#tell()
    })
    await this.#until(() => isLate || (this.#sent > 0 && this.#awaited.length + this.#pings.size === 0))
    cancel()
  }

  async #send({ text, mark }: Outgoing): Promise<void> {
    if (!this.#isConnected()) return
    this.#sent++
    this.#awaited.push(mark)
    if (this.#awaited.length > MOST_AWAITED) this.#awaited.shift()
    await this.#session.send(text)
  }

  async #ping(): Promise<void> {
    if (this.#speech.ping !== null) return await this.#send(this.#speech.ping())
    if (!this.#isConnected()) return
    const label = `ping ${++this.#sent}`
    this.#pings.set(label, this.#scheduler.nowMs())
    this.#session.ping(label)
  }

  #isConnected(): boolean {
    if (!this.isOpen) this.#view.note('warning', 'not connected, so not sent')
    return this.isOpen
  }

  #showCommands(): void {
    const commands = listCommands(this.#speech)
    const width = Math.max(...commands.map(([form]) => form.length))
    for (const [form, meaning] of commands) this.#view.note('info', `  ${form.padEnd(width)}  ${meaning}`)
  }

  #onOpen(subprotocol: string): void {
    this.#view.note('progress', `connected${subprotocol === '' ? '' : `, subprotocol ${subprotocol}`}`)
    this.#tell()
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (!isBinary) {
      const text = data.toString()
      if (this.#heartbeatMark !== null && text.includes(this.#heartbeatMark)) {
        this.#heartbeatMark = null
        return
      }
      const answered = this.#awaited.findIndex((mark) => text.includes(mark))
      if (answered >= 0) this.#awaited.splice(answered, 1)
    }
    this.#view.message(data, isBinary)
    this.#tell()
  }

  #onPong(label: string): void {
    const pingedMs = this.#pings.get(label)
    // None: the answer to an automatic ping.
    if (pingedMs === undefined) return
    this.#pings.delete(label)
    this.#view.pong(this.#scheduler.nowMs() - pingedMs)
    this.#tell()
  }

  #onHeartbeat(): void {
    const ping = this.#speech.ping?.()
    if (ping === undefined) {
      this.#session.ping('')
    } else {
      this.#heartbeatMark = ping.mark
      void this.#session.send(ping.text)
    }
  }

  #onRetry(reason: string, delayMs: number, retry: number): void {
    this.#pings.clear()
    this.#heartbeatMark = null
    this.#view.note(
      'warning',
      `${reason}; next attempt in ${delayMs / 1000} s (retry ${retry} of ${this.#maxRetries})`,
    )
  }

  #onEnd(end: SessionEnd): void {
    this.#isOver = true
    this.#settle(end)
    this.#tell()
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!this.#isOver && !holds()) {
      await new Promise<void>((resolve) => this.#listeners.add(resolve))
    }
  }

  #tell(): void {
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of listeners) listener()
  }
}
