/** Reads `text/event-stream` (WHATWG HTML, server-sent events), comments included. */
import type { IncomingMessage } from 'node:http'
import { quote } from './arrival.ts'
import { Mismatch } from './check.ts'

/** An event, or a comment between events. */
export interface StreamItem {
  /** Monotonic, of its last line. */
  readonly atMs: number
  readonly comment: string | null
  readonly data: string | null
  readonly id: string | null
}

/** The items of a stream, one at a time. */
export class EventStream {
  readonly #chunks: AsyncIterator<string>
  #lines: string[] = []
  #rest = ''

  constructor(response: IncomingMessage) {
    response.setEncoding('utf8')
    this.#chunks = response[Symbol.asyncIterator]()
  }

  /** The next event; comments are passed over. @throws Mismatch when the stream ends before */
  async nextEvent(expected: string): Promise<StreamItem> {
    while (true) {
      const item = await this.nextItem(expected)
      if (item.data !== null) return item
    }
  }

  /** The next event or comment. @throws Mismatch when the stream ends before */
  async nextItem(expected: string): Promise<StreamItem> {
    const data: string[] = []
    let id: string | null = null
    while (true) {
      const line = await this.#nextLine(expected)
      const atMs = performance.now()
      if (line === '' && (data.length > 0 || id !== null))
        return { atMs, comment: null, data: data.join('\n'), id }
      if (line.startsWith(':')) return { atMs, comment: line.slice(1).trim(), data: null, id: null }
      if (line === '') continue
      const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
      if (field === 'data') data.push(value)
      if (field === 'id') id = value
    }
  }

  async #nextLine(expected: string): Promise<string> {
    while (this.#lines.length === 0) {
      const chunk = await this.#chunks.next().catch(() => null)
      if (chunk === null)
        throw new Mismatch(expected, `${this.#rest === '' ? 'nothing' : quote(this.#rest)} in the time given`)
      if (chunk.done === true) throw new Mismatch(expected, 'the end of the stream')
      const lines = (this.#rest + chunk.value).split(/\r\n|\n|\r(?!$)/)
      this.#rest = lines.pop() ?? ''
      this.#lines = lines
    }
    return this.#lines.shift()!
  }
}
