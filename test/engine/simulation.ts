/** A discrete-event simulation: the real clients and pacer against a server that is a function of time, under a clock that jumps. */
import { Client } from '../../src/engine/client.ts'
import { GroupRun, type ShardIo } from '../../src/engine/group-run.ts'
import type { Link } from '../../src/engine/link.ts'
import { createPacer } from '../../src/engine/pacer.ts'
import { createSchedule } from '../../src/engine/schedule.ts'
import type { Group } from '../../src/plan/plan.ts'
import { Failures } from '../../src/record/failures.ts'
import { RECORDER_BYTES, Recorder } from '../../src/record/recorder.ts'
import { Slowest } from '../../src/record/slowest.ts'
import { SPREAD_BYTES_PER_CONNECTION, Spread } from '../../src/record/spread.ts'
import { LIMITS } from '../support/plan.ts'

export interface SettableClock {
  us: number
}

export interface Simulation {
  readonly group: Group
  readonly clock: SettableClock
  /** When the answer to a message that arrives then is back; null: never. */
  readonly answerAtUs: (arrivalUs: number) => number | null
  /** Bytes that wait in each socket at that time, once something was written to it. */
  readonly queuedBytes?: (nowUs: number) => number
}

/** Runs the group's open schedule to its end, and on until the last answer. */
export function simulate({ group, clock, answerAtUs, queuedBytes = () => 0 }: Simulation): GroupRun {
  const io: ShardIo = { readBuffer: Buffer.alloc(0), reads: 0, readUs: 0, sendUs: 0, outstanding: 0 }
  const run = new GroupRun(group, LIMITS, io, createStores(group.count), group.count, true)
  const startUs = clock.us
  run.holdFromUs = startUs
  const answers: { atUs: number; client: number; payload: Buffer }[] = []

  const clients = Array.from({ length: group.count }, (_, id) => {
    const client = new Client(id, id, run, '', [])
    client.connect(makeLink(id), startUs, startUs)
    client.onOpen()
    return client
  })

  function makeLink(client: number): Link {
    return {
      attemptUs: startUs,
      tcpUs: startUs,
      tlsUs: 0,
      openUs: startUs,
      closingUs: 0,
      isOpen: true,
      isSecure: false,
      get queuedBytes() {
        return queuedBytes(clock.us - startUs)
      },
      open() {},
      ping() {},
      write(bytes) {
        const atUs = answerAtUs(clock.us - startUs)
        if (atUs !== null) answers.push({ atUs: startUs + atUs, client, payload: unmask(bytes) })
        answers.sort((a, b) => a.atUs - b.atUs)
        return queuedBytes(clock.us - startUs)
      },
      close() {},
      reset() {},
      pauseReading() {},
      resumeReading() {},
    }
  }

  const { pacing, stop } = group
  if (pacing.kind !== 'open') throw new Error('only open groups follow a schedule')
  const places = clients.map((_, place) => place)
  const share = { groupSize: group.count, places, messagesEach: stop.messages, durationUs: stop.durationUs }
  const pacer = createPacer(createSchedule(pacing.stages), share, pacing.arrival, 1)
  for (;;) {
    const dueUs = startUs + pacer.dueUs
    const answer = answers[0]
    if (answer !== undefined && answer.atUs <= dueUs) {
      answers.shift()
      clock.us = answer.atUs
      clients[answer.client]!.onBytes(answer.payload.length)
      clients[answer.client]!.onMessage(1, answer.payload, 0, answer.payload.length)
    } else if (dueUs < Number.POSITIVE_INFINITY) {
      clock.us = dueUs
      clients[pacer.client]!.sendDue(dueUs)
      pacer.advance()
    } else {
      return run
    }
  }
}

export function createStores(clients: number) {
  return {
    hold: new Recorder(new ArrayBuffer(RECORDER_BYTES)),
    warmup: new Recorder(new ArrayBuffer(RECORDER_BYTES)),
    spread: new Spread(new ArrayBuffer(clients * SPREAD_BYTES_PER_CONNECTION), 0, clients),
    slowest: new Slowest(),
    failures: new Failures(),
    warmupClients: 0,
  }
}

/** The payload of a short masked frame. */
function unmask(frame: Buffer): Buffer {
  const mask = frame.subarray(2, 6)
  return Buffer.from(frame.subarray(6).map((byte, index) => byte ^ mask[index & 3]!))
}
