import { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** What a person types on. */
export type TerminalInput = NodeJS.ReadableStream & { setRawMode?(mode: boolean): unknown }

/**
 * The input, a character at a time: of several that come in one piece (pasted, or from an input method for Chinese)
 * readline puts all but the last at the end of the line, wherever the cursor is (seen in Node 20).
 */
export class Keys extends Readable {
  readonly #input: TerminalInput
  readonly #decoder = new StringDecoder('utf8')
  readonly #onData = (chunk: Buffer | string): void => {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.write(chunk)
    for (const character of text) this.push(character)
  }
  readonly #onEnd = (): void => {
    this.push(null)
  }

  constructor(input: TerminalInput) {
    super({ encoding: 'utf8', read() {} })
    this.#input = input
    input.on('data', this.#onData)
    input.on('end', this.#onEnd)
  }

  setRawMode(mode: boolean): void {
    this.#input.setRawMode?.(mode)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#input.off('data', this.#onData)
    this.#input.off('end', this.#onEnd)
    this.#input.pause()
    done(error)
  }
}
