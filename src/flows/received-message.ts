import { isJsonPointer, resolvePointer } from '../plan/json-pointer.ts'
import type { FlowMessage } from './flow.ts'

const NOT_PARSED = Symbol('not parsed')
const NO_JSON = Symbol('no JSON')

/** A message from the server, decoded when somebody looks. */
export class ReceivedMessage implements FlowMessage {
  readonly bytes: Buffer
  readonly isBinary: boolean
  #text: string | null = null
  #json: unknown = NOT_PARSED

  constructor(bytes: Buffer, isBinary: boolean) {
    this.bytes = bytes
    this.isBinary = isBinary
  }

  get text(): string {
    this.#text ??= this.bytes.toString('utf8')
    return this.#text
  }

  json<T = unknown>(): T {
    const json = this.#parse()
    if (json === NO_JSON) throw new Error('the message is no JSON')
    return json as T
  }

  get<T = unknown>(pointer: string): T | undefined {
    if (!isJsonPointer(pointer)) throw new TypeError(`'${pointer}' is no JSON pointer: it begins with /`)
    const json = this.#parse()
    return json === NO_JSON ? undefined : (resolvePointer(json, pointer) as T | undefined)
  }

  #parse(): unknown {
    if (this.#json === NOT_PARSED) {
      try {
        this.#json = JSON.parse(this.text)
      } catch {
        this.#json = NO_JSON
      }
    }
    return this.#json
  }
}
