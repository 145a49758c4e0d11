import type { PayloadLayout } from '../dialects/dialect.ts'
import { layTemplate, type TemplatePart } from '../dialects/template.ts'
import { OPCODE, patchByte, writeFrame } from '../websocket/frame-writer.ts'

/** Where numbers stand in a payload; digits grow only in templates. */
interface Places {
  readonly payload: Buffer
  readonly seqAt: readonly number[]
  readonly seqDigits: number
  /** Numbers from here on have more digits. */
  readonly seqEnd: number
}

/**
 * One message that is sent again and again: a prebuilt frame in which only the digits of the sequence number (and of
 * the client, when several share it) are overwritten. `frame: false` keeps the bare payload, for an engine that makes
 * its own frames.
 */
export class Message {
  /** What to write to the socket, after prepare(). */
  bytes: Buffer
  readonly #opcode: number
  readonly #framed: boolean
  readonly #build: (seqDigits: number) => Places
  readonly #clientAt: readonly number[]
  readonly #clientDigits: number
  #header: number
  #places: Places
  #seq = -1
  #client = -1

  private constructor(
    opcode: number,
    framed: boolean,
    build: (seqDigits: number) => Places,
    clientAt: readonly number[],
    clientDigits: number,
  ) {
    this.#opcode = opcode
    this.#framed = framed
    this.#build = build
    this.#clientAt = clientAt
    this.#clientDigits = clientDigits
    this.#places = build(1)
    this.bytes = this.#write()
    this.#header = this.bytes.length - this.#places.payload.length
  }

  static fromLayout(layout: PayloadLayout, binary: boolean, framed: boolean): Message {
    const places = {
      payload: layout.bytes,
      seqAt: layout.seqAt,
      seqDigits: layout.seqDigits,
      seqEnd: Number.POSITIVE_INFINITY,
    }
    return new Message(
      binary ? OPCODE.binary : OPCODE.text,
      framed,
      () => places,
      layout.clientAt,
      layout.clientDigits,
    )
  }

  static fromTemplate(
    parts: readonly TemplatePart[],
    values: { client: number; token: string },
    binary: boolean,
    framed: boolean,
  ): Message {
    const build = (seqDigits: number): Places => {
      const { bytes, seqAt } = layTemplate(parts, values, seqDigits, binary ? 'latin1' : 'utf8')
      return { payload: bytes, seqAt, seqDigits, seqEnd: 10 ** seqDigits }
    }
    return new Message(binary ? OPCODE.binary : OPCODE.text, framed, build, [], 0)
  }

  /** Puts the numbers in. Cheap when `seq` is the last one plus one. */
  prepare(client: number, seq: number): void {
    if (this.#clientDigits > 0 && client !== this.#client) {
      this.#client = client
      const places = this.#clientAt
      for (let i = 0; i < places.length; i++) this.#writeDigits(places[i]!, this.#clientDigits, client, false)
    }
    const { seqAt, seqDigits } = this.#places
    if (seqAt.length === 0 || seq === this.#seq) return
    if (seq >= this.#places.seqEnd) {
      this.#places = this.#build(String(seq).length)
      this.retire()
      this.prepare(client, seq)
      return
    }
    const increment = seq === this.#seq + 1 && this.#seq >= 0
    for (let i = 0; i < seqAt.length; i++) this.#writeDigits(seqAt[i]!, seqDigits, seq, increment)
    this.#seq = seq
  }

  /** After a write whose bytes still wait in the socket: they must not change under it, so go on with a fresh copy. */
  retire(): void {
    this.bytes = this.#write()
    this.#header = this.bytes.length - this.#places.payload.length
    this.#seq = -1
    this.#client = -1
  }

  #write(): Buffer {
    const { payload } = this.#places
    return this.#framed ? writeFrame(this.#opcode, payload) : Buffer.from(payload)
  }

  /** `increment`: the digits hold value − 1, so above the last non-zero digit nothing changes. */
  #writeDigits(from: number, digits: number, value: number, increment: boolean): void {
    let left = value
    for (let at = from + digits - 1; at >= from; at--) {
      // Whole numbers under 2^31 divide in a few cycles.
      const rest = left < 2 ** 31 ? (left / 10) | 0 : Math.floor(left / 10)
      const digit = left - rest * 10
      if (this.#framed) patchByte(this.bytes, this.#header, at, 48 + digit)
      else this.bytes[at] = 48 + digit
      if (increment && digit !== 0) return
      left = rest
    }
  }
}
