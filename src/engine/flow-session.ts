/** One run of a flow by one client: what the function gets as `client`, and how it ended. */
import { compileExpectation, describeExpected } from '../flows/expectation.ts'
import type { Expected, ExpectOptions, FlowClient, FlowMessage, FlowTime } from '../flows/flow.ts'
import { CallSite, FlowFailure, FlowOver } from '../flows/flow-failure.ts'
import type { ReceivedMessage } from '../flows/received-message.ts'
import { parseDurationUs } from '../plan/units.ts'
import { isStepName } from '../record/step-board.ts'
import { OPCODE } from '../websocket/frame-writer.ts'
import { nowUs } from './clock.ts'
import type { FlowRun } from './flow-run.ts'
import type { Waiter } from './mailbox.ts'
import type { ScriptedClient } from './scripted-client.ts'

export type Outcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Cut off by the end of the run. */
  | { readonly kind: 'unfinished' }

interface OpenStep {
  readonly name: string
  readonly fromUs: number
}

/** Something that the flow waits for. */
interface Pending {
  /** Rejects it: the connection is gone; null: the flow is over. */
  giveUp(error: FlowFailure | null): void
  /** Ends what was begun, and tells nobody. */
  drop(): void
  readonly needsConnection: boolean
}

const NEVER = new Promise<never>(() => {})
const SENT = Promise.resolve()
/** Timers of Node end there. */
const MOST_MS = 2 ** 31 - 1

export class FlowSession implements FlowClient {
  readonly dueUs: number
  /** Of this client, from 0. */
  readonly iteration: number
  readonly #client: ScriptedClient
  readonly #run: FlowRun
  readonly #abort = new AbortController()
  readonly #onEnd: (outcome: Outcome) => void
  readonly #pending = new Set<Pending>()
  /** Innermost last. */
  #steps: OpenStep[] = []
  /** Where an error came from, however far it travels. */
  #failedStep: { readonly error: unknown; readonly name: string } | null = null
  #activeUs: number
  #outcome: Outcome | null = null

  constructor(
    client: ScriptedClient,
    run: FlowRun,
    dueUs: number,
    iteration: number,
    onEnd: (outcome: Outcome) => void,
  ) {
    this.#client = client
    this.#run = run
    this.dueUs = dueUs
    this.iteration = iteration
    this.#onEnd = onEnd
    this.#activeUs = nowUs()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** The step that is being done, or in which that error arose. */
  stepOf(error: unknown): string | null {
    if (this.#failedStep !== null && this.#failedStep.error === error) return this.#failedStep.name
    return this.#steps.at(-1)?.name ?? null
  }

  /** Since when the flow has asked for nothing; null: it waits for something. */
  get idleSinceUs(): number | null {
    return this.#pending.size > 0 ? null : this.#activeUs
  }

  /** The first end counts; what the function does afterwards concerns nobody. */
  end(outcome: Outcome): void {
    if (this.#outcome !== null) return
    this.#outcome = outcome
    const { kind } = outcome
    if (kind === 'failed' && this.isRecorded) for (const { name } of this.#steps) this.#run.steps.fail(name)
    if (kind !== 'completed') {
      for (const pending of [...this.#pending]) pending.giveUp(null)
      this.#abort.abort(new FlowOver())
    }
    // Nobody awaited these.
    for (const pending of [...this.#pending]) pending.drop()
    this.#onEnd(outcome)
  }

  /** The connection is gone. */
  endConnection(error: FlowFailure): void {
    for (const pending of [...this.#pending]) if (pending.needsConnection) pending.giveUp(error)
  }

  /** Steps of the warm-up are not recorded. */
  get isRecorded(): boolean {
    return this.dueUs >= this.#run.group.holdFromUs
  }

  // ---- what a flow may do

  get isOpen(): boolean {
    return this.#outcome === null && this.#client.isConnected
  }

  send(message: unknown): Promise<void> {
    if (this.#outcome !== null) return NEVER
    const isBytes = message instanceof Uint8Array
    const payload = isBytes ? message : Buffer.from(toText(message), 'utf8')
    const opcode = isBytes ? OPCODE.binary : OPCODE.text
    this.#activeUs = nowUs()
    try {
      const waits = this.#client.transmit(payload, opcode)
      return waits === null ? SENT : this.#await(true, new CallSite(), waits)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  expect(expected?: Expected, options: ExpectOptions = {}): Promise<FlowMessage> {
    if (this.#outcome !== null) return NEVER
    const matches = compileExpectation(expected)
    const { next = false } = options
    const us = this.#within(options.within)
    const at = new CallSite()
    return this.#await<ReceivedMessage>(true, at, (resolve, reject) => {
      const what = describeExpected(expected)
      const waiter: Waiter = {
        matches,
        next,
        take: resolve,
        refuse: (message, thrown) => {
          const problem = `${what} was expected next, not ${describeMessage(message)}`
          reject(thrown === null ? new FlowFailure('expect-mismatch', problem, at) : thrown.error)
        },
      }
      this.#client.mailbox.wait(waiter)
      const timer = setTimeout(() => {
        reject(new FlowFailure('expect-timeout', `${what} did not come within ${us / 1000} ms`, at))
      }, toTimer(us))
      return () => {
        clearTimeout(timer)
        this.#client.mailbox.remove(waiter)
      }
    })
  }

  discard(): number {
    if (this.#outcome !== null) return 0
    this.#activeUs = nowUs()
    return this.#client.mailbox.clear()
  }

  think(time: FlowTime, upTo: FlowTime = time): Promise<void> {
    if (this.#outcome !== null) return NEVER
    const [from, to] = [toUs(time), toUs(upTo)]
    const us = from + (to - from) * (from === to ? 0 : this.#client.random())
    return this.#await<void>(false, new CallSite(), (resolve) => {
      const timer = setTimeout(resolve, toTimer(us))
      return () => clearTimeout(timer)
    })
  }

  ping(options: { readonly within?: FlowTime } = {}): Promise<number> {
    if (this.#outcome !== null) return NEVER
    const us = this.#within(options.within)
    const at = new CallSite()
    return this.#await<number>(true, at, (resolve, reject) => {
      const fromUs = nowUs()
      const forget = this.#client.ping(() => resolve((nowUs() - fromUs) / 1000))
      const timer = setTimeout(() => {
        reject(new FlowFailure('expect-timeout', `no pong came within ${us / 1000} ms`, at))
      }, toTimer(us))
      return () => {
        clearTimeout(timer)
        forget()
      }
    })
  }

  close(code = 1000): Promise<void> {
    if (this.#outcome !== null) return NEVER
    if (code !== 1000 && !(Number.isInteger(code) && code >= 3000 && code <= 4999))
      throw new TypeError(`close() takes 1000 or 3000 to 4999, not ${String(code)}`)
    return this.#await<void>(false, new CallSite(), (resolve) => {
      this.#client.leave(code, resolve)
      return () => {}
    })
  }

  expectClose(options: { readonly within?: FlowTime } = {}): Promise<number> {
    if (this.#outcome !== null) return NEVER
    const us = this.#within(options.within)
    const at = new CallSite()
    return this.#await<number>(false, at, (resolve, reject) => {
      const forget = this.#client.awaitClose(resolve)
      const timer = setTimeout(() => {
        reject(new FlowFailure('expect-timeout', `no close came within ${us / 1000} ms`, at))
      }, toTimer(us))
      return () => {
        clearTimeout(timer)
        forget()
      }
    })
  }

  reconnect(): Promise<void> {
    if (this.#outcome !== null) return NEVER
    const at = new CallSite()
    return this.#await<void>(false, at, (resolve, reject) => {
      void this.#client.renew().then((failure) => {
        if (failure === null) resolve()
        else reject(new FlowFailure(failure.class, `could not connect again: ${failure.detail}`, at))
      })
      return () => {}
    })
  }

  async step<T>(name: string, body: () => T | Promise<T>): Promise<T> {
    if (this.#outcome !== null) return NEVER
    if (!isStepName(name))
      throw new TypeError("a step has a name of up to 40 letters, digits and - _ . : step('login', …)")
    const step: OpenStep = { name, fromUs: nowUs() }
    this.#steps.push(step)
    this.#enter()
    this.#run.trace?.step(this.#client.id, name, 'begin', 0)
    try {
      const value = await body()
      if (this.#outcome !== null) return NEVER
      const tookUs = nowUs() - step.fromUs
      if (this.isRecorded) this.#run.steps.record(name, tookUs)
      this.#run.trace?.step(this.#client.id, name, 'end', tookUs)
      return value
    } catch (error) {
      if (this.#outcome !== null) return NEVER
      if (this.isRecorded) this.#run.steps.fail(name)
      if (this.#failedStep?.error !== error) this.#failedStep = { error, name }
      this.#run.trace?.step(this.#client.id, name, 'fail', nowUs() - step.fromUs)
      throw error
    } finally {
      this.#steps = this.#steps.filter((one) => one !== step)
    }
  }

  // ---- waiting

  /** Something that takes its time; `begin` gives back what cleans up after it. */
  #await<T>(
    needsConnection: boolean,
    at: CallSite,
    begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
  ): Promise<T> {
    if (needsConnection && !this.#client.isConnected) {
      // What came before the end may still be taken.
      const { class: failure, message } = this.#client.whyClosed()
      return this.#settleNow(begin, new FlowFailure(failure, message, at))
    }
    return new Promise<T>((resolve, reject) => {
      let cleanUp: (() => void) | null = null
      let isOver = false
      const giveUp = (error: FlowFailure | null): void => {
        const failure = error === null ? new FlowOver() : new FlowFailure(error.class, error.message, at)
        settle(() => reject(failure))
      }
      const pending: Pending = { needsConnection, giveUp, drop: () => settle(() => {}) }
      const settle = (how: () => void): void => {
        if (isOver) return
        isOver = true
        this.#pending.delete(pending)
        cleanUp?.()
        if (this.#outcome === null) this.#enter()
        how()
      }
      this.#pending.add(pending)
      cleanUp = begin(
        (value) => settle(() => resolve(value)),
        (error) => settle(() => reject(error)),
      )
      if (isOver) cleanUp()
    })
  }

  /** Of a connection that is gone: what can be had at once, else the error. */
  #settleNow<T>(
    begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
    error: FlowFailure,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      begin(resolve, reject)()
      reject(error)
    })
  }

  /** The flow is about to go on. */
  #enter(): void {
    this.#activeUs = nowUs()
    this.#run.steps.enter(this.#client.id, this.#steps.at(-1)?.name ?? null)
  }

  #within(time: FlowTime | undefined): number {
    return time === undefined ? this.#run.group.limits.replyTimeoutUs : toUs(time)
  }
}

function toText(message: unknown): string {
  if (typeof message === 'string') return message
  const text = JSON.stringify(message) as string | undefined
  if (text === undefined) throw new TypeError('send() takes a text, bytes, or what can be written as JSON')
  return text
}

function toUs(time: FlowTime): number {
  if (typeof time === 'number') {
    if (time >= 0 && Number.isFinite(time)) return Math.round(time * 1000)
    throw new TypeError(`a time is a number of milliseconds from 0, not ${time}`)
  }
  const parsed = typeof time === 'string' && !/^[\d.]+$/.test(time) ? parseDurationUs(time) : null
  if (parsed?.ok === true) return parsed.value
  throw new TypeError(`a time is a number of milliseconds, or a text with a unit such as '250ms' or '2s'`)
}

function toTimer(us: number): number {
  return Math.min(MOST_MS, Math.ceil(us / 1000))
}

function describeMessage(message: ReceivedMessage): string {
  return message.isBinary ? `${message.bytes.length} bytes` : JSON.stringify(message.text.slice(0, 80))
}
