/** What the clients of a long run record does not depend on how late it is, and what they keep does not grow. */
import { createHash } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { FanOut } from '../../src/engine/fan-out.ts'
import { GroupRun, type ShardIo } from '../../src/engine/group-run.ts'
import { Inbox } from '../../src/engine/inbox.ts'
import { PushWatch } from '../../src/engine/push-watch.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { FanOutBoard } from '../../src/record/fan-out-board.ts'
import { RECORDER_BYTES, Recorder } from '../../src/record/recorder.ts'
import { countSamples, type TrendSnapshot } from '../../src/record/trend.ts'
import { LIMITS, makeGroup, openPacing } from '../support/plan.ts'
import { createStores, simulate } from './simulation.ts'

const clock = vi.hoisted(() => ({ us: 0 }))
vi.mock('../../src/engine/clock.ts', () => ({ nowUs: () => clock.us, unixSeconds: () => 0 }))

const SECOND = 1_000_000
const DAY = 86_400 * SECOND
/** Every moment at which a number of some size is over. */
const MOMENTS: [string, number][] = [
  ['2^31 µs, 36 minutes', 2 ** 31],
  ['2^32 µs, 72 minutes', 2 ** 32],
  ['30 days', 30 * DAY],
  ['2^31 ms, 25 days', 2 ** 31 * 1000],
]

/** Comparing 17,408 slots one by one takes long. */
function summarize({ counts, ...rest }: TrendSnapshot) {
  return { ...rest, counts: createHash('sha1').update(counts).digest('hex') }
}

describe('a message', () => {
  const group = makeGroup({ pacing: openPacing(1000), stop: { messages: null, durationUs: 4 * SECOND } })
  const answerAtUs = (arrivalUs: number) => (arrivalUs % 7000 === 0 ? arrivalUs + 40_000 : arrivalUs + 500)
  const runAt = (startUs: number) => {
    clock.us = startUs
    const { stores, inFlight } = simulate({ group, clock, answerAtUs })
    const slowest = stores.slowest.list().map((one) => ({ ...one, atUs: one.atUs - startUs }))
    const { counters, trends } = stores.hold.snapshot()
    const recorded = Object.entries(trends).map(([name, trend]) => [name, trend && summarize(trend)])
    return { counters, recorded, slowest, spread: stores.spread.read(), slots: inFlight.capacity }
  }

  it.each(MOMENTS)('is recorded the same before, across and after %s', (_, us) => {
    const early = runAt(SECOND)
    expect(early.counters.messages_received).toBe(4000)
    expect(runAt(us - 2 * SECOND)).toEqual(early)
    expect(runAt(us + 3 * SECOND)).toEqual(early)
  })

  it('leaves nothing behind in 30 days: one every ten seconds, each answered', () => {
    clock.us = 0
    const slow = makeGroup({ pacing: openPacing(0.1), stop: { messages: null, durationUs: 30 * DAY } })
    const run = simulate({ group: slow, clock, answerAtUs: (arrivalUs) => arrivalUs + 500 })
    const { counters, trends } = run.stores.hold.snapshot()
    expect([counters.messages_due, counters.messages_sent, counters.messages_received]).toEqual([
      259_200, 259_200, 259_200,
    ])
    expect(trends.response_time).toMatchObject({ min: 500, max: 500, sum: 259_200 * 500 })
    expect(trends.pacer_lag).toMatchObject({ min: 0, max: 0 })
    expect([run.inFlight.capacity, run.io.outstanding]).toEqual([20, 0])
    expect(run.stores.slowest.list()).toHaveLength(10)
  })
})

describe('a push', () => {
  it('every 30 s for 30 days, from whatever moment: none missed, none too many', () => {
    for (const startUs of [0, 2 ** 31, 30 * DAY]) {
      const recorder = new Recorder(new ArrayBuffer(RECORDER_BYTES))
      const watch = new PushWatch({ everyUs: 30 * SECOND, by: 'message', atOnce: true }, recorder)
      watch.open(startUs)
      const pushes = (30 * DAY) / (30 * SECOND)
      for (let n = 0; n < pushes; n++) watch.receive(startUs + n * 30 * SECOND + 700)
      watch.end(startUs + 30 * DAY - SECOND)
      expect([
        recorder.get('pushes_received'),
        recorder.get('pushes_expected'),
        recorder.get('pushes_missed'),
        recorder.get('pushes_surplus'),
      ]).toEqual([pushes, pushes, 0, 0])
      expect(recorder.trends.push_interval.snapshot()).toMatchObject({
        min: 30 * SECOND,
        max: 30 * SECOND,
      })
    }
  })
})

describe('a message to an audience', () => {
  /** Two clients of one room, of which the first publishes. */
  function setUp() {
    const groups = [
      makeGroup({ name: 'publishers', count: 1, pacing: openPacing(1), dialect: 'rooms' }),
      makeGroup({ name: 'subscribers', count: 1, pacing: { kind: 'silent' }, dialect: 'rooms' }),
    ]
    const plan = { groups, fanOut: { audience: 'room', rooms: 1 } } as unknown as Plan
    const board = new FanOutBoard({ shards: 1, rooms: 1, publishers: 1 })
    const fanOut = new FanOut(plan, 0, board)
    const io: ShardIo = { readBuffer: Buffer.alloc(0), reads: 0, readUs: 0, sendUs: 0, outstanding: 0 }
    const run = new GroupRun(groups[0]!, LIMITS, io, createStores(2), 2, true, { fanOut, push: null })
    run.holdFromUs = 0
    const inboxes = [0, 1].map((client) => new Inbox(client, run, fanOut))
    for (const inbox of inboxes) inbox.join()
    return { board, io, run, inboxes }
  }

  it.each([
    ['2^31', 2 ** 31],
    ['2^32', 2 ** 32],
    ['2^33', 2 ** 33],
  ])('is told apart from others around number %s, 30 days into the run', (_, middle) => {
    const { board, io, run, inboxes } = setUp()
    const startUs = 30 * DAY
    const order: number[] = []
    for (let seq = middle - 500; seq < middle + 500; seq++) {
      const dueUs = startUs + (seq - middle) * 1000
      inboxes[0]!.publish(seq, dueUs)
      io.readUs = dueUs + 700
      // Each seventh comes after the one that follows it, and each fifth twice.
      if (seq % 7 === 0) continue
      order.push(seq)
      if (seq % 7 === 1 && seq > middle - 499) order.push(seq - 1)
      for (const number of order.splice(0)) {
        inboxes[1]!.receive(0, number + board.seqBase)
        if (number % 5 === 0) inboxes[1]!.receive(0, number + board.seqBase)
      }
    }
    const numbers = Array.from({ length: 1000 }, (_, index) => middle - 500 + index)
    const late = numbers.filter((seq) => seq % 7 === 0 && seq < middle + 499 && seq > middle - 500)
    const received = numbers.filter((seq) => seq % 7 !== 0 || late.includes(seq))
    const { hold } = run.stores
    expect([
      hold.get('deliveries_received'),
      hold.get('messages_duplicated'),
      hold.get('messages_reordered'),
      hold.get('messages_unexpected'),
      hold.get('deliveries_late'),
    ]).toEqual([received.length, received.filter((seq) => seq % 5 === 0).length, late.length, 0, 0])
    const times = hold.trends.delivery_time.snapshot()!
    expect([countSamples(times), times.min]).toEqual([received.length, 700])
    expect(times.max).toBe(1700)
  })
})
