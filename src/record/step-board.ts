/** What one shard records of the named steps of a group's flows, in memory that another thread may read meanwhile. */
import { mergeTrends, TREND_BYTES, Trend, type TrendSnapshot } from './trend.ts'

/** Steps that are kept apart. What has a name beyond them is `other`. */
const MOST_STEPS = 32
export const OTHER_STEP = 'other'
/** Letters, digits and - _ . */
const STEP_NAME = /^[A-Za-z0-9_][\w.-]{0,39}$/

/** Bytes of a name and its length. */
const NAME_BYTES = 48
const COUNT_BYTES = 8
const STEP_BYTES = NAME_BYTES + COUNT_BYTES + TREND_BYTES
/** Client and step that the thread was busy with last. */
const HEAD_BYTES = 16

export const STEP_BOARD_BYTES = HEAD_BYTES + MOST_STEPS * STEP_BYTES

export interface StepFigures {
  readonly name: string
  /** Of those that succeeded. */
  readonly trend: TrendSnapshot | null
  readonly failed: number
}

interface Step {
  readonly name: string
  readonly trend: Trend
  readonly failed: Float64Array
}

export function isStepName(name: unknown): name is string {
  return typeof name === 'string' && STEP_NAME.test(name)
}

export class StepBoard {
  readonly #memory: ArrayBufferLike
  readonly #offset: number
  readonly #busy: Float64Array
  readonly #steps: Step[] = []
  readonly #places = new Map<string, number>()

  constructor(memory: ArrayBufferLike, offset = 0) {
    this.#memory = memory
    this.#offset = offset
    this.#busy = new Float64Array(memory, offset, 2)
    // Of an earlier cycle.
    this.#readNames()
  }

  /** A step took so long and succeeded. */
  record(name: string, tookUs: number): void {
    this.#stepOf(name).trend.record(tookUs)
  }

  fail(name: string): void {
    this.#stepOf(name).failed[0]! += 1
  }

  /** The thread is going to run the flow of that client; `step` null: it is in none. */
  enter(client: number, step: string | null): void {
    this.#busy[0] = client + 1
    this.#busy[1] = step === null ? 0 : this.#placeOf(step) + 1
  }

  /** Client and step that the thread was busy with last; null: with none so far. */
  lastEntered(): { client: number; step: string | null } | null {
    this.#readNames()
    const [client = 0, place = 0] = this.#busy
    return client === 0 ? null : { client: client - 1, step: this.#steps[place - 1]?.name ?? null }
  }

  snapshot(): StepFigures[] {
    this.#readNames()
    return this.#steps.map(({ name, trend, failed }) => ({
      name,
      trend: trend.snapshot(),
      failed: failed[0]!,
    }))
  }

  #stepOf(name: string): Step {
    return this.#steps[this.#placeOf(name)]!
  }

  #placeOf(name: string): number {
    const known = this.#places.get(name)
    if (known !== undefined) return known
    const isRoom = this.#steps.length < MOST_STEPS - 1
    if (!isRoom && name !== OTHER_STEP) return this.#placeOf(OTHER_STEP)
    const place = this.#steps.length
    const bytes = Buffer.from(this.#memory, this.#startOf(place), NAME_BYTES)
    bytes.write(name, 1, 'latin1')
    // Last: a reader takes what has a length.
    bytes[0] = name.length
    this.#open(name)
    return place
  }

  #readNames(): void {
    for (let place = this.#steps.length; place < MOST_STEPS; place++) {
      const bytes = Buffer.from(this.#memory, this.#startOf(place), NAME_BYTES)
      if (bytes[0] === 0) return
      this.#open(bytes.toString('latin1', 1, 1 + bytes[0]!))
    }
  }

  #open(name: string): void {
    const place = this.#steps.length
    const start = this.#startOf(place) + NAME_BYTES
    this.#places.set(name, place)
    this.#steps.push({
      name,
      failed: new Float64Array(this.#memory, start, 1),
      trend: new Trend(this.#memory, start + COUNT_BYTES),
    })
  }

  #startOf(place: number): number {
    return this.#offset + HEAD_BYTES + place * STEP_BYTES
  }
}

/** The figures of several shards by name, in the order in which they came up. */
export function mergeSteps(lists: readonly (readonly StepFigures[])[]): StepFigures[] {
  const sums = new Map<string, StepFigures>()
  for (const step of lists.flat()) {
    const sum = sums.get(step.name)
    sums.set(
      step.name,
      sum === undefined
        ? step
        : { name: step.name, trend: mergeTrends(sum.trend, step.trend), failed: sum.failed + step.failed },
    )
  }
  return [...sums.values()]
}
