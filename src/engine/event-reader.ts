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

/** A longer one is not kept: servers take 8 to 16 KiB of headers. */
const MAX_ID_LENGTH = 4096

/** Any part of a line that is no `id:`. */
const OTHER_LINE = ':'

export class EventReader {
  readonly #decoder = new TextDecoder()
  readonly #parser: EventSourceParser
  readonly #memory: StreamMemory
  #endedInCr = false
  /** The line that is not complete yet. */
  #line = ''
  /** Of the block that is not complete yet, or of the last that had one. */
  #id: string
  #isOver = false

  constructor(sink: EventSink, memory: StreamMemory, maxEventBytes: number) {
    this.#memory = memory
    this.#id = memory.lastEventId
    const refuse = (): void => {
      if (this.#isOver) return
      this.#isOver = true
      sink.onTooLarge()
    }
    this.#parser = createParser({
      maxBufferSize: maxEventBytes,
      onEvent: ({ data }) => {
        if (this.#isOver) return
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
    if (this.#isOver) return
    const text = this.#endLines(this.#decoder.decode(chunk, { stream: true }))
    this.#parser.feed(text)
    if (!this.#isOver) this.#followIds(text)
  }

  /** Nothing more is told, not even what is left of the chunk being read. */
  stop(): void {
    this.#isOver = true
  }

  /** CR and CRLF → LF. A CR at the end ends its line at once, where the parser would wait for what follows. */
  #endLines(text: string): string {
    if (text === '') return text
    const rest = this.#endedInCr && text.startsWith('\n') ? text.slice(1) : text
    this.#endedInCr = text.endsWith('\r')
    return rest.includes('\r') ? rest.replace(/\r\n?/g, '\n') : rest
  }

  /** A block without data is no event, so the parser does not tell its id; but it counts (HTML Standard §9.2.6). */
  #followIds(text: string): void {
    const lines = (this.#line + text).split('\n')
    const last = lines.pop() ?? ''
    this.#line = last.length < 2 || last.startsWith('id') ? last : OTHER_LINE
    for (const line of lines) {
      if (line === '') this.#memory.lastEventId = this.#id
      const id = /^id(?:: ?(.*))?$/s.exec(line)
      if (id === null) continue
      const [, value = ''] = id
      if (value.length <= MAX_ID_LENGTH && !CONTROL_CHARACTER.test(value)) this.#id = value
    }
  }
}
