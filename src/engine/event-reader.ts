/** The bytes of an event stream → its events, within a limit. */
import { createParser, type EventSourceParser } from 'eventsource-parser'

export interface EventSink {
  /** An event's data, its lines joined. */
  onEvent(data: Buffer): void
  /** A line that begins with a colon: a keep-alive. */
  onComment(): void
  /** A line or an event is longer than the limit: nothing more is read. */
  onTooLarge(): void
}

/** What outlives one response. */
export interface StreamMemory {
  /** What the next request says in Last-Event-ID; empty: nothing. */
  lastEventId: string
  /** The server's `retry:`; null: none. */
  retryMs: number | null
}

/** One that the header of the next request could not carry. */
const CONTROL_CHARACTER = /[\0-\x08\x0a-\x1f\x7f]/

export class EventReader {
  readonly #decoder = new TextDecoder()
  readonly #parser: EventSourceParser
  #isOver = false

  constructor(sink: EventSink, memory: StreamMemory, maxEventBytes: number) {
    const refuse = (): void => {
      if (this.#isOver) return
      this.#isOver = true
      sink.onTooLarge()
    }
    this.#parser = createParser({
      maxBufferSize: maxEventBytes,
      onEvent: ({ id, data }) => {
        if (this.#isOver) return
        if (id !== undefined && !CONTROL_CHARACTER.test(id)) memory.lastEventId = id
        const bytes = Buffer.from(data)
        if (bytes.length > maxEventBytes) refuse()
        else sink.onEvent(bytes)
      },
      onRetry: (retryMs) => {
        memory.retryMs = retryMs
      },
      onComment: () => {
        if (!this.#isOver) sink.onComment()
      },
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') refuse()
      },
    })
  }

  /** A character may be split between two chunks, and so may a line. Bytes that are no UTF-8 become U+FFFD. */
  read(chunk: Buffer): void {
    if (!this.#isOver) this.#parser.feed(this.#decoder.decode(chunk, { stream: true }))
  }

  /** Nothing more is told, not even what is left of the chunk being read. */
  stop(): void {
    this.#isOver = true
  }
}
