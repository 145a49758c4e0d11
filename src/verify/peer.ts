/** A WebSocket client that keeps all that arrives, in order, and waits for it without sleeping. */
import { WebSocket } from 'ws'
import { type Arrival, describeArrivals, isMessage, type Message, quote } from './arrival.ts'
import { expectSame, Mismatch } from './check.ts'

export interface PeerOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly insecure: boolean
  /** False: the server's pings are not answered. */
  readonly pong: boolean
  /** Aborted when the check's time is up. */
  readonly signal: AbortSignal
}

/** What became of an attempt to connect: a peer, an HTTP answer instead of the upgrade, or an error. */
export type Attempt =
  | { readonly kind: 'open'; readonly peer: Peer }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'failed'; readonly problem: string }

const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024

export class Peer {
  /** Monotonic. */
  openedAtMs = 0
  readonly #socket: WebSocket
  readonly #signal: AbortSignal
  readonly #arrivals: Arrival[] = []
  /** What stands before it was looked at already. */
  #next = 0
  #wake: () => void = () => {}

  constructor(socket: WebSocket, signal: AbortSignal) {
    this.#socket = socket
    this.#signal = signal
    signal.addEventListener('abort', () => this.#wake())
    const keep = (arrival: Arrival): void => {
      this.#arrivals.push(arrival)
      this.#wake()
    }
    socket.on('open', () => {
      this.openedAtMs = performance.now()
    })
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const atMs = performance.now()
      keep(isBinary ? { kind: 'binary', data, atMs } : { kind: 'text', text: data.toString(), atMs })
    })
    socket.on('ping', (data: Buffer) => keep({ kind: 'ping', data, atMs: performance.now() }))
    socket.on('pong', (data: Buffer) => keep({ kind: 'pong', data, atMs: performance.now() }))
    socket.on('close', (code: number) => keep({ kind: 'end', code, atMs: performance.now() }))
  }

  send(data: string | Buffer): void {
    this.#socket.send(data, ignoreError)
  }

  /** One text message in several frames. */
  sendFragments(parts: readonly string[]): void {
    for (const [index, part] of parts.entries())
      this.#socket.send(part, { fin: index === parts.length - 1 }, ignoreError)
  }

  ping(data: string): void {
    this.#socket.ping(data, undefined, ignoreError)
  }

  close(code = 1000): void {
    this.#socket.close(code)
  }

  /** Ends the connection without a Close frame. */
  cut(): void {
    this.#socket.terminate()
  }

  /** The next arrival that `accepts` takes; those before it are passed over. @throws Mismatch when the time is up or the connection ends */
  async next<T extends Arrival>(expected: string, accepts: (arrival: Arrival) => arrival is T): Promise<T>
  async next(expected: string, accepts: (arrival: Arrival) => boolean): Promise<Arrival>
  async next(expected: string, accepts: (arrival: Arrival) => boolean): Promise<Arrival> {
    const from = this.#next
    while (true) {
      while (this.#next < this.#arrivals.length) {
        const arrival = this.#arrivals[this.#next++]!
        if (accepts(arrival)) return arrival
        if (arrival.kind === 'end') throw new Mismatch(expected, describeArrivals(this.#arrivals.slice(from)))
      }
      if (this.#signal.aborted)
        throw new Mismatch(expected, `${describeArrivals(this.#arrivals.slice(from))} in the time given`)
      await this.#change()
    }
  }

  /** Whether such an arrival comes within that time; passes over nothing. */
  async comes(accepts: (arrival: Arrival) => boolean, withinMs: number): Promise<boolean> {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      this.#wake()
    }, withinMs)
    let at = this.#next
    while (true) {
      while (at < this.#arrivals.length) {
        if (accepts(this.#arrivals[at++]!)) {
          clearTimeout(timer)
          return true
        }
      }
      if (isLate || this.#signal.aborted) {
        clearTimeout(timer)
        return false
      }
      await this.#change()
    }
  }

  nextMessage(expected: string): Promise<Message> {
    return this.next(expected, isMessage)
  }

  /** The next message must be exactly this text. */
  async expectText(text: string): Promise<void> {
    const expected = `text ${quote(text)}`
    const message = await this.nextMessage(expected)
    if (message.kind === 'text' && message.text === text) return
    throw new Mismatch(expected, describeArrivals([message]))
  }

  /** Waits for the first message that has `mark` in it, and holds it against `text`: strangers may speak in between. */
  async expectMarked(mark: string, text: string): Promise<void> {
    const expected = `text ${quote(text)}`
    const message = await this.next(expected, (arrival) => hasMark(arrival, mark))
    expectSame(expected, describeArrivals([message]))
  }

  /** Whatever arrives before the first message that has `mark` in it. */
  async collectUntil(mark: string): Promise<Arrival[]> {
    const from = this.#next
    await this.next(`a message with ${quote(mark)}`, (arrival) => hasMark(arrival, mark))
    return this.#arrivals.slice(from, this.#next - 1)
  }

  /** What has arrived and was not looked at yet. */
  takeArrived(): Arrival[] {
    const taken = this.#arrivals.slice(this.#next)
    this.#next = this.#arrivals.length
    return taken
  }

  /** The close code with which the connection ends. */
  async nextEnd(expected: string): Promise<number> {
    const end = await this.next(expected, (arrival) => arrival.kind === 'end')
    return end.kind === 'end' ? end.code : 0
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

/** Whether a message contains the text. */
export function hasMark(arrival: Arrival, mark: string): boolean {
  if (arrival.kind === 'text') return arrival.text.includes(mark)
  return arrival.kind === 'binary' && arrival.data.includes(mark)
}

/** Tries to connect once. Whoever calls it closes the socket in the end, also after a failure. */
export function attempt(options: PeerOptions): { socket: WebSocket; result: Promise<Attempt> } {
  const { url, headers, insecure, pong, signal } = options
  const socket = new WebSocket(url, {
    headers: { ...headers },
    rejectUnauthorized: !insecure,
    autoPong: pong,
    perMessageDeflate: false,
    maxPayload: MAX_PAYLOAD_BYTES,
  })
  // Listens from the start, so that nothing is missed that comes with the upgrade.
  const peer = new Peer(socket, signal)
  const result = new Promise<Attempt>((resolve) => {
    socket.on('error', (error: Error & { code?: string }) =>
      resolve({ kind: 'failed', problem: error.code ?? error.message }),
    )
    socket.on('unexpected-response', (_request, response) => {
      response.resume()
      resolve({ kind: 'refused', status: response.statusCode ?? 0 })
      socket.terminate()
    })
    socket.on('open', () => resolve({ kind: 'open', peer }))
    signal.addEventListener('abort', () =>
      resolve({ kind: 'failed', problem: 'no answer in the time given' }),
    )
  })
  return { socket, result }
}

/** What cannot be sent any more shows in what arrives. */
function ignoreError(): void {}
