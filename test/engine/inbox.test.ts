/** One receiver's account of what it was sent, held against a plain one, whatever the network makes of it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FanOut } from '../../src/engine/fan-out.ts'
import { GroupRun, type ShardIo } from '../../src/engine/group-run.ts'
import { Inbox } from '../../src/engine/inbox.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { FanOutBoard } from '../../src/record/fan-out-board.ts'
import { LIMITS, makeGroup, openPacing } from '../support/plan.ts'
import { createStores } from './simulation.ts'

/** Clients 0 and 1 publish, 2 and 3 listen; with two rooms 0 and 2 are in one, 1 and 3 in the other. */
function setUp(rooms: number) {
  const groups = [
    makeGroup({ name: 'publishers', count: 2, pacing: openPacing(1), dialect: 'rooms' }),
    makeGroup({ name: 'subscribers', count: 2, pacing: { kind: 'silent' }, dialect: 'rooms' }),
  ]
  const plan = { groups, fanOut: { audience: 'room', rooms } } as unknown as Plan
  const board = new FanOutBoard({ shards: 1, rooms, publishers: 2 })
  const fanOut = new FanOut(plan, 0, board)
  const io: ShardIo = { readBuffer: Buffer.alloc(0), reads: 0, readUs: 0, sendUs: 0, outstanding: 0 }
  const run = new GroupRun(groups[0]!, LIMITS, io, createStores(4), 4, true, { fanOut, push: null })
  run.holdFromUs = 0
  const inboxes = [0, 1, 2, 3].map((client) => new Inbox(client, run, fanOut))
  const { hold } = run.stores
  /** What member `to` reads in message `seq` of client `from`. */
  const deliver = (to: number, from: number, seq: number): number =>
    inboxes[to]!.receive(from, seq + board.seqBase)
  return { board, io, run, inboxes, hold, deliver }
}

describe('a receiver', () => {
  it('counts each message of a publisher once, and tells what came again and what was overtaken', () => {
    const arrivals = fc.array(fc.nat({ max: 300 }), { maxLength: 400 })
    fc.assert(
      fc.property(arrivals, (seqs) => {
        const { inboxes, hold, io, deliver } = setUp(1)
        for (const inbox of inboxes) inbox.join()
        for (let seq = 0; seq <= 300; seq++) inboxes[0]!.publish(seq, seq)
        io.readUs = 100
        const seen = new Set<number>()
        let [again, overtaken, greatest] = [0, 0, -1]
        for (const seq of seqs) {
          deliver(2, 0, seq)
          if (seen.has(seq)) again++
          else if (seq < greatest) overtaken++
          seen.add(seq)
          greatest = Math.max(greatest, seq)
        }
        expect([
          hold.get('deliveries_received'),
          hold.get('messages_duplicated'),
          hold.get('messages_reordered'),
          hold.get('deliveries_expected'),
        ]).toEqual([seen.size, again, overtaken, 301 * 4])
      }),
    )
  })

  it('knows a message of another room, and one of nobody', () => {
    const { inboxes, hold, deliver } = setUp(2)
    for (const inbox of inboxes) inbox.join()
    inboxes[1]!.publish(0, 0)
    deliver(2, 1, 0)
    deliver(3, 1, 0)
    deliver(3, 2, 0)
    deliver(3, 99, 0)
    expect([
      hold.get('messages_misrouted'),
      hold.get('messages_unexpected'),
      hold.get('deliveries_received'),
      hold.get('deliveries_expected'),
    ]).toEqual([1, 2, 1, 2])
  })

  it('believes no number that was not sent, and no message before it has joined', () => {
    const { board, inboxes, hold, deliver } = setUp(1)
    inboxes[0]!.join()
    inboxes[2]!.join()
    for (const seq of [0, 5, 4e9, 9_999_999_999 - board.seqBase]) expect(deliver(2, 0, seq)).toBe(-1)
    inboxes[0]!.publish(0, 0)
    // Of another run, whose numbers began somewhere else.
    expect(inboxes[2]!.receive(0, (board.seqBase + 2 ** 30) % 2 ** 31)).toBe(-1)
    expect([deliver(3, 0, 0), deliver(2, 0, 0)]).toEqual([-1, 0])
    expect([hold.get('messages_unexpected'), hold.get('deliveries_received')]).toEqual([6, 1])
    expect([hold.get('messages_duplicated'), board.pending()]).toEqual([0, 1])
  })

  it('times a delivery from the due time, and the last of an audience apart', () => {
    const { inboxes, run, io, deliver } = setUp(1)
    for (const inbox of inboxes) inbox.join()
    inboxes[0]!.publish(0, 1000)
    for (const [client, atUs] of [1500, 1200, 1900, 1100].entries()) {
      io.readUs = atUs
      deliver(client, 0, 0)
    }
    const { delivery_time, last_delivery_time } = run.stores.hold.snapshot().trends
    expect([delivery_time?.min, delivery_time?.max, delivery_time?.sum]).toEqual([100, 900, 1700])
    expect([last_delivery_time?.min, last_delivery_time?.max]).toEqual([100, 100])
  })

  it('takes for late what comes after the timeout, and waits for it no longer', () => {
    const { board, inboxes, hold, io, deliver } = setUp(1)
    inboxes[2]!.join()
    inboxes[0]!.publish(0, 1000)
    io.readUs = 1001 + LIMITS.replyTimeoutUs
    deliver(2, 0, 0)
    expect([hold.get('deliveries_late'), hold.get('deliveries_received'), board.pending()]).toEqual([1, 0, 0])
  })

  it('that leaves says how far it was behind, and nothing is pending for it', () => {
    const { board, inboxes, deliver } = setUp(1)
    inboxes[0]!.publish(0, 0)
    inboxes[2]!.join()
    for (let seq = 1; seq <= 60; seq++) inboxes[0]!.publish(seq, seq)
    for (let seq = 1; seq <= 5; seq++) deliver(2, 0, seq)
    expect(board.pending()).toBe(55)
    expect([inboxes[2]!.leave(), inboxes[2]!.leave(), board.pending()]).toEqual([55, 0, 0])
    expect(board.publish(0, 0, 0, 61, 0)).toBe(0)
  })
})
