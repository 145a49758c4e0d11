/**
 * A run with the clock in our hand: the real clients, pacer schedule, recorders and published figures, against a server
 * that is a function. What must come out is known to the message.
 */
import { Client } from '../../src/engine/client.ts'
import { GroupRun, type ShardIo } from '../../src/engine/group-run.ts'
import type { Link } from '../../src/engine/link.ts'
import { createPacer } from '../../src/engine/pacer.ts'
import { createSchedule } from '../../src/engine/schedule.ts'
import type { TestResult } from '../../src/result/run-result.ts'
import { createStores } from '../engine/simulation.ts'
import { deriveFrom } from '../result/measure.ts'
import { openPacing } from '../support/plan.ts'
import { makePlan } from '../thresholds/make-plan.ts'

export const PER_SECOND = 4000
export const CLIENTS = 10
export const SECONDS = 3
/** Message n is due at n × 250 µs, from client n mod 10. */
export const MESSAGES = PER_SECOND * SECONDS
export const STEP_US = 1e6 / PER_SECOND
const TIMEOUT_US = 1_000_000
const SWEEP_US = 100_000

export interface ExactServer {
  /** When the replies to message n are back, µs after it was sent at `sentUs` (both of the run); none: lost. */
  readonly replies: (n: number, sentUs: number) => readonly number[]
  /** Messages of 18 bytes have no number: one in flight. */
  readonly sizeBytes?: number
  /** Connections that the server closes then, with that code. */
  readonly closes?: readonly { readonly client: number; readonly atUs: number; readonly code: string }[]
}

interface Event {
  readonly atUs: number
  readonly act: () => void
}

/** Runs the schedule to its end, and on until all is answered or lost. The result is what `--json` would say of the test. */
export function runExact(clock: { us: number }, server: ExactServer): TestResult {
  const startUs = clock.us
  const { replies, sizeBytes = 32, closes = [] } = server
  const plan = makePlan('sustained', {
    count: CLIENTS,
    pacing: openPacing(PER_SECOND),
    stop: { messages: null, durationUs: SECONDS * 1e6 },
    payload: { kind: 'generated', sizeBytes },
  })
  const group = plan.groups[0]!
  const limits = { ...plan.limits, replyTimeoutUs: TIMEOUT_US }
  const io: ShardIo = { readBuffer: Buffer.alloc(0), reads: 0, readUs: 0, sendUs: 0, outstanding: 0 }
  const stores = createStores(CLIENTS)
  const run = new GroupRun(group, limits, io, stores, CLIENTS, true)
  run.holdFromUs = startUs
  run.holding = 1
  const events: Event[] = []

  function at(atUs: number, act: () => void): void {
    let place = events.length
    while (place > 0 && events[place - 1]!.atUs > atUs) place--
    events.splice(place, 0, { atUs, act })
  }

  const clients = Array.from({ length: CLIENTS }, (_, id) => {
    const client = new Client(id, id, run, '', [])
    client.connect(createLink(id), startUs, startUs)
    client.onOpen()
    return client
  })
  for (const { client, atUs, code } of closes) {
    const end = { when: 'open', class: 'close-code', detail: code } as const
    at(startUs + atUs, () => clients[client]!.onEnd(end))
  }

  function createLink(client: number): Link {
    let count = 0
    return {
      attemptUs: startUs,
      tcpUs: startUs,
      tlsUs: 0,
      openUs: startUs,
      closingUs: 0,
      isOpen: true,
      isSecure: false,
      queuedBytes: 0,
      open() {},
      ping() {},
      write(bytes) {
        const n = count++ * CLIENTS + client
        const payload = unmask(bytes)
        const sentUs = clock.us
        for (const us of replies(n, sentUs - startUs)) at(sentUs + us, () => receive(client, payload))
        return 0
      },
      close() {},
      reset() {},
      pauseReading() {},
      resumeReading() {},
    }
  }

  function receive(id: number, payload: Buffer): void {
    const client = clients[id]!
    if (client.isOpen !== true) return
    client.onBytes(payload.length + 2)
    client.onMessage(1, payload, 0, payload.length)
  }

  const { pacing, stop } = group
  if (pacing.kind !== 'open') throw new Error('this runs schedules')
  const places = clients.map((_, place) => place)
  const share = { groupSize: CLIENTS, places, messagesEach: stop.messages, durationUs: stop.durationUs }
  const pacer = createPacer(createSchedule(pacing.stages), share, pacing.arrival, 1)
  let sweepUs = startUs + SWEEP_US
  for (;;) {
    const dueUs = startUs + pacer.dueUs
    const isOver = dueUs === Number.POSITIVE_INFINITY && events.length === 0 && io.outstanding === 0
    if (isOver) break
    const nextUs = Math.min(events[0]?.atUs ?? Number.POSITIVE_INFINITY, dueUs, sweepUs)
    clock.us = nextUs
    if (nextUs >= startUs + SECONDS * 1e6) run.holding = 0
    if (nextUs === events[0]?.atUs) events.shift()!.act()
    else if (nextUs === dueUs) {
      clients[pacer.client]!.sendDue(dueUs)
      pacer.advance()
    } else {
      for (const client of clients) client.sweep(nextUs)
      sweepUs += SWEEP_US
    }
  }
  return deriveFrom({ ...plan, limits }, [{}], {
    startUs,
    groups: [stores.hold.snapshot()],
    failures: stores.failures.list(),
    slowest: stores.slowest.list(),
    phases: { connectUs: 0, warmupUs: null, holdUs: SECONDS * 1e6, drainUs: 0 },
  })
}

/** The payload of a short masked frame. */
function unmask(frame: Buffer): Buffer {
  const mask = frame.subarray(2, 6)
  return Buffer.from(frame.subarray(6).map((byte, index) => byte ^ mask[index & 3]!))
}
