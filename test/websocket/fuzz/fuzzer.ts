/** Feeds inputs to the frame reader and to the handshake check, and keeps those that led to something new. */
import { piecesOf } from '../conformance/row.ts'
import { table } from '../conformance/table.ts'
import { MemoryWatch } from '../memory-watch.ts'
import { checkAgainstWs, checkHead, checkHeadEnd, checkStream, type Differences } from './checks.ts'
import { makeResponse, OFFERS } from './heads.ts'
import { Random } from './random.ts'
import { cutAnywhere, makeStream, mutateStream } from './streams.ts'

const MAX_KEPT = 3000
const MAX_KEPT_BYTES = 1000
/** ws is slower: it reads every so many streams. */
const WS_EVERY = 6
const LIMITS = [300, 300, 1000, 65_535]

/** Where an input that broke a property can be had again: the seed, and its number. */
export class BrokenProperty extends Error {
  constructor(what: string, seed: number, number: number, input: Buffer) {
    super(`input ${number} of seed ${seed}: ${what}\n${input.toString('hex')}`)
    this.name = 'BrokenProperty'
  }
}

export interface FuzzCounts extends Differences {
  inputs: number
  streams: number
  heads: number
  comparedWithWs: number
  /** Inputs that were kept because they led to something new. */
  kept: number
}

export class Fuzzer {
  readonly counts: FuzzCounts = {
    inputs: 0,
    streams: 0,
    heads: 0,
    comparedWithWs: 0,
    kept: 0,
    oneByteClose: 0,
    uncheckedReason: 0,
  }
  /** Faults and refusals that were met. */
  readonly outcomes = new Set<string>()
  readonly #seed: number
  readonly #random: Random
  readonly #onInput: (number: number, input: Buffer) => void
  readonly #watch = new MemoryWatch()
  readonly #signatures = new Set<string>()
  #corpus: Buffer[]

  /** `onInput` is told of each input before it is tried. */
  constructor(seed: number, onInput: (number: number, input: Buffer) => void = () => {}) {
    this.#seed = seed
    this.#random = new Random(seed)
    this.#onInput = onInput
    this.#corpus = table
      .filter(({ id }) => !/^(?:9|10|1\.\d\.[678]|7\.1\.6)/.test(id))
      .map((row) => Buffer.concat(piecesOf(row)))
  }

  get keptBytes(): number {
    return this.#corpus.reduce((sum, { length }) => sum + length, 0)
  }

  run(count: number): void {
    this.#watch.during(() => this.#tryAll(count))
  }

  #tryAll(count: number): void {
    for (let left = count; left > 0; left--) {
      const number = this.counts.inputs++
      const isHead = this.#random.oneIn(4)
      const input = isHead ? Buffer.from(makeResponse(this.#random), 'latin1') : this.#nextStream()
      this.#onInput(number, input)
      try {
        if (isHead) this.#tryHead(input)
        else this.#tryStream(input)
      } catch (error) {
        throw new BrokenProperty(error instanceof Error ? (error.stack ?? '') : '', this.#seed, number, input)
      }
    }
  }

  #nextStream(): Buffer {
    const random = this.#random
    const way = random.below(20)
    if (way < 2) return random.bytes(random.below(80))
    if (way < 8) return makeStream(random)
    return mutateStream(random, random.pick(this.#corpus), random.pick(this.#corpus))
  }

  #tryStream(input: Buffer): void {
    const random = this.#random
    const limits = { maxMessageBytes: random.pick(LIMITS), checkUtf8: !random.oneIn(8) }
    const outcome = checkStream(input, cutAnywhere(random, input), limits, this.#watch)
    if (this.counts.streams++ % WS_EVERY === 0) {
      this.counts.comparedWithWs++
      checkAgainstWs(input, limits, this.counts)
    }
    this.#keep(input, outcome)
  }

  /** An input is of interest when its opcodes, in their order, and its fault have not been met together. */
  #keep(input: Buffer, outcome: string): void {
    const blank = outcome.indexOf(' ')
    const fault = outcome.slice(blank + 1)
    this.outcomes.add(fault)
    const opcodes = outcome.slice(0, blank).split(',')
    const kinds = opcodes.filter((_, index) => index % 3 === 0).slice(0, 8)
    const signature = `${kinds.join('')} ${fault}`
    if (this.#signatures.size >= MAX_KEPT || input.length > MAX_KEPT_BYTES || this.#signatures.has(signature))
      return
    this.#signatures.add(signature)
    // A copy: a slice of a pool would keep all of the pool.
    const own = Buffer.allocUnsafeSlow(input.length)
    input.copy(own)
    this.#corpus.push(own)
    this.counts.kept++
  }

  #tryHead(input: Buffer): void {
    this.counts.heads++
    const head = input.toString('latin1')
    const verdict = checkHead(head, this.#random.pick(OFFERS))
    this.outcomes.add(verdict.replace(/ -> .*| \d{3}$|HTTP\/.*/, ''))
    checkHeadEnd(input, cutAnywhere(this.#random, input))
  }
}
