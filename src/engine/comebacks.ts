/** The clients of a group that have lost their connection, and come back by its policy. */
import type { Retry } from '../plan/plan.ts'
import { retryDelayUs } from '../plan/retry.ts'
import type { Recorder } from '../record/recorder.ts'
import type { Client } from './client.ts'
import { nowUs } from './clock.ts'
import { createRandom } from './schedule.ts'

/** Attempts in one turn of the loop, so that what comes is read between. */
const SLICE = 64

/** The first loss of a shard, whatever the group: what recovery is timed from. Set before when the tool itself cuts. */
export interface CutClock {
  /** 0: not yet. */
  us: number
}

interface Lost {
  readonly lostUs: number
  attempts: number
  timer: NodeJS.Timeout | null
}

export class Comebacks {
  readonly #retry: Retry
  readonly #recorder: Recorder
  readonly #cut: CutClock
  readonly #random: () => number
  readonly #lost = new Map<Client, Lost>()
  /** Those whose time has come. */
  #ready: { readonly client: Client; readonly dueUs: number }[] = []
  #open: ((client: Client, dueUs: number) => void) | null = null
  #startUs = 0

  constructor(retry: Retry, recorder: Recorder, cut: CutClock, seed: number) {
    this.#retry = retry
    this.#recorder = recorder
    this.#cut = cut
    this.#random = createRandom(seed)
  }

  /** From now on who is lost comes back; `open` makes the attempt. */
  start(startUs: number, open: (client: Client, dueUs: number) => void): void {
    this.#startUs = startUs
    this.#open = open
  }

  /** Nobody comes back any more. */
  stop(): void {
    this.#open = null
    for (const { timer } of this.#lost.values()) if (timer !== null) clearTimeout(timer)
    this.#ready = []
  }

  /** Is it on its way back? */
  has(client: Client): boolean {
    return this.#lost.has(client)
  }

  /** An open connection is gone. */
  lose(client: Client, lostUs: number): void {
    if (this.#open === null) return
    if (this.#cut.us === 0) this.#cut.us = lostUs
    this.#recorder.add('reconnects_due')
    const lost = { lostUs, attempts: 0, timer: null }
    this.#lost.set(client, lost)
    this.#schedule(client, lost, lostUs)
  }

  /** An attempt to come back has failed. */
  fail(client: Client, failedUs: number): void {
    const lost = this.#lost.get(client)
    this.#recorder.add('reconnects_failed')
    if (lost !== undefined) this.#schedule(client, lost, failedUs)
  }

  /** It is back. */
  succeed(client: Client, openUs: number): void {
    const lost = this.#lost.get(client)
    if (lost === undefined) return
    this.#lost.delete(client)
    this.#recorder.add('reconnects')
    this.#recorder.record('reconnect_time', openUs - lost.lostUs)
    this.#recorder.record('back_at', openUs - this.#cut.us)
  }

  /** The due time is the policy's, whatever a timer makes of it. */
  #schedule(client: Client, lost: Lost, fromUs: number): void {
    if (lost.attempts === this.#retry.maxRetries) {
      this.#recorder.add('reconnects_given_up')
      return
    }
    const dueUs = fromUs + retryDelayUs(this.#retry, lost.attempts++, this.#random())
    const waitMs = Math.ceil((dueUs - nowUs()) / 1000)
    if (waitMs <= 0) this.#makeReady(client, dueUs)
    else lost.timer = setTimeout(() => this.#makeReady(client, dueUs), waitMs)
  }

  #makeReady(client: Client, dueUs: number): void {
    this.#ready.push({ client, dueUs })
    if (this.#ready.length === 1) setImmediate(this.#openSome)
  }

  readonly #openSome = (): void => {
    for (const { client, dueUs } of this.#ready.splice(0, SLICE)) {
      const now = nowUs()
      this.#recorder.add('reconnect_attempts')
      this.#recorder.record('reconnect_lag', now - dueUs)
      this.#recorder.record('reconnect_at', now - this.#startUs)
      this.#open?.(client, dueUs)
    }
    if (this.#ready.length > 0) setImmediate(this.#openSome)
  }
}
