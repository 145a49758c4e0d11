/** The pings of one client, and what became of them. */
import type { Failures } from '../record/failures.ts'
import type { Recorder } from '../record/recorder.ts'
import type { ShardIo } from './group-run.ts'
import type { Link } from './link.ts'

interface SentPing {
  readonly number: number
  readonly dueUs: number
  readonly sentUs: number
}

const PAYLOAD_BYTES = 4

export class PingWatch {
  readonly #recorder: Recorder
  readonly #failures: Failures
  readonly #io: ShardIo
  /** Under way, oldest first. */
  #sent: SentPing[] = []
  #next = 0

  constructor(recorder: Recorder, failures: Failures, io: ShardIo) {
    this.#recorder = recorder
    this.#failures = failures
    this.#io = io
  }

  /** A ping whose time has come, on a connection that is open. */
  send(link: Link, dueUs: number, nowUs: number): void {
    const number = this.#next++
    const payload = Buffer.allocUnsafe(PAYLOAD_BYTES)
    payload.writeUInt32BE(number % 2 ** 32)
    this.#sent.push({ number: number % 2 ** 32, dueUs, sentUs: nowUs })
    this.#io.outstanding++
    this.#recorder.add('pings_sent')
    this.#recorder.record('ping_lag', nowUs - dueUs)
    link.ping(payload)
  }

  /** A pong also answers the pings before its own (RFC 6455 §5.5.3). One that answers nothing is allowed, and nothing to us. */
  receive(data: Buffer, start: number, end: number, nowUs: number): void {
    if (end - start !== PAYLOAD_BYTES) return
    const number = data.readUInt32BE(start)
    const at = this.#sent.findIndex((ping) => ping.number === number)
    for (const { dueUs, sentUs } of this.#take(at + 1)) {
      this.#recorder.add('pongs_received')
      this.#recorder.record('ping_time', nowUs - dueUs)
      this.#recorder.record('ping_service_time', nowUs - sentUs)
    }
  }

  /** Gives up the pings that got no pong in time. */
  sweep(nowUs: number, timeoutUs: number): void {
    const overdue = this.#sent.findIndex(({ sentUs }) => nowUs - sentUs <= timeoutUs)
    this.#lose(overdue === -1 ? this.#sent.length : overdue, nowUs)
  }

  /** The connection is gone, and with it what was under way. */
  end(nowUs: number): void {
    this.#lose(this.#sent.length, nowUs)
  }

  /** Interrupted: what is under way is neither answered nor lost. */
  abandon(): void {
    this.#recorder.add('pings_sent', -this.#take(this.#sent.length).length)
  }

  #lose(count: number, nowUs: number): void {
    if (count === 0) return
    this.#take(count)
    this.#recorder.add('pings_lost', count)
    this.#failures.add('no-pong', '', nowUs, count)
  }

  #take(count: number): readonly SentPing[] {
    this.#io.outstanding -= count
    return this.#sent.splice(0, count)
  }
}
