/** What a virtual client and its connection are to each other, whichever engine makes the frames. */
import type { ConnectionOptions } from 'node:tls'
import type { FailureClass } from '../record/failures.ts'

/** Where and how to connect; the same object may serve many connections. */
export interface Dial {
  /** An IP address. */
  readonly address: string
  readonly port: number
  /** Null for ws://. */
  readonly tls: ConnectionOptions | null
  /** Name and port as the Host header has them, then path with query. */
  readonly host: string
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Request up to the value of Sec-WebSocket-Key. */
  readonly requestHead: string
  readonly subprotocols: readonly string[]
  readonly localAddress: string | null
  /** What stands for {token} in it; empty: nothing. */
  readonly token: string
}

export interface ReadLimits {
  readonly maxMessageBytes: number
  readonly checkUtf8: boolean
  /** Pongs are left out while more than this waits in the socket. */
  readonly maxQueuedBytes: number
}

/** Why a connection is over. */
export interface ConnectionEnd {
  /** Before it was open, while in use, or after we asked for the end. */
  readonly when: 'connecting' | 'open' | 'closing'
  readonly class: FailureClass
  readonly detail: string
}

export interface ConnectionHandler {
  onBytes(count: number): void
  onOpen(): void
  /** `data` is valid during the call only. */
  onMessage(opcode: number, data: Buffer, start: number, end: number): void
  /** `answered`: a pong was written. */
  onPing(answered: boolean): void
  /** `data` is valid during the call only. */
  onPong?(data: Buffer, start: number, end: number): void
  /** A comment of an event stream. */
  onComment?(): void
  /** An event stream that had ended is open again; µs from its end. */
  onReconnect?(tookUs: number): void
  /** Exactly once, when the socket is gone. */
  onEnd(end: ConnectionEnd): void
}

/** What a client needs of a connection, whichever engine makes its frames. */
export interface Link {
  readonly attemptUs: number
  readonly tcpUs: number
  readonly tlsUs: number
  readonly openUs: number
  /** When the closing handshake began, by either side; 0: it has not. */
  readonly closingUs: number
  readonly isOpen: boolean
  /** Over TLS. */
  readonly isSecure: boolean
  /** Bytes that the socket has not taken yet. */
  readonly queuedBytes: number
  open(): void
  /**
   * Prebuilt bytes of Message. Returns queuedBytes: while it is over 0 they must not change. `binary`: what frame bare bytes
   * become, when it is not the group's.
   */
  write(bytes: Buffer, binary?: boolean): number
  /** onPong() says when it was answered; the payload comes back. */
  ping(payload: Buffer): void
  /** Close frame (1000); the server ends TCP, so that TIME_WAIT is on its side. */
  close(code?: number): void
  /** RST where the kernel allows it; `why` becomes the end's class unless there is one. */
  reset(why: FailureClass, detail: string): void
  pauseReading(): void
  /** Reads on; pauseReading() may have been before. */
  resumeReading(): void
}
