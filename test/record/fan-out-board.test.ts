import { describe, expect, it } from 'vitest'
import { FanOutBoard } from '../../src/record/fan-out-board.ts'

const SHAPE = { shards: 2, rooms: 2, publishers: 3 }

describe('the board of a test with an audience', () => {
  it('counts as the audience of a message who is a member of the room when it is sent, of all shards', () => {
    const board = new FanOutBoard(SHAPE)
    board.changeMembers(0, 1, 3)
    board.changeMembers(1, 1, 4)
    board.changeMembers(0, 0, 9)
    expect(board.publish(0, 2, 1, 0, 500)).toBe(7)
    board.changeMembers(1, 1, -1)
    expect(board.publish(1, 2, 1, 1, 600)).toBe(6)
    expect([board.publishedIn(1), board.publishedIn(0)]).toEqual([2, 0])
  })

  it('is the same to a thread that maps its memory', () => {
    const board = new FanOutBoard(SHAPE)
    const other = new FanOutBoard(SHAPE, board.buffer)
    board.changeMembers(0, 0, 1)
    board.publish(0, 1, 0, 41, 1234.5)
    expect([other.dueUsOf(1, 41), other.publishedIn(0), other.pending()]).toEqual([1234.5, 1, 1])
    other.settle(1, 1)
    expect(board.pending()).toBe(0)
  })

  it('says who was the last to get a message, once', () => {
    const board = new FanOutBoard(SHAPE)
    board.changeMembers(0, 0, 3)
    board.publish(0, 0, 0, 7, 0)
    expect([1, 2, 3, 4].map(() => board.countDown(0, 7))).toEqual([false, false, true, false])
  })

  it('has no due time of a message that many newer ones have replaced, nor of one that was never sent', () => {
    const board = new FanOutBoard(SHAPE)
    for (let seq = 0; seq <= 65_536; seq++) board.publish(0, 0, 0, seq, seq)
    expect([board.dueUsOf(0, 0), board.dueUsOf(0, 1), board.dueUsOf(0, 65_536)]).toEqual([
      Number.NaN,
      1,
      65_536,
    ])
    expect(board.dueUsOf(1, 0)).toBeNaN()
  })

  it('knows what each publisher has sent, and numbers every cycle from somewhere else', () => {
    const board = new FanOutBoard(SHAPE)
    board.publish(0, 1, 0, 0, 0)
    board.publish(0, 1, 0, 1, 0)
    expect([-1, 0, 1, 2].map((seq) => board.isSent(1, seq))).toEqual([false, true, true, false])
    expect(board.isSent(0, 0)).toBe(false)
    const bases = new Set([board.seqBase])
    for (let cycle = 0; cycle < 20; cycle++) {
      board.reset()
      bases.add(board.seqBase)
    }
    expect(bases.size).toBeGreaterThan(15)
    for (const base of bases)
      expect([Number.isInteger(base), base >= 0, base < 2 ** 31]).toEqual([true, true, true])
    expect(board.isSent(1, 0)).toBe(false)
  })

  it('is empty again after a reset', () => {
    const board = new FanOutBoard(SHAPE)
    board.changeMembers(1, 1, 2)
    board.publish(1, 2, 1, 0, 9)
    board.reset()
    expect([board.publishedIn(1), board.pending(), board.publish(0, 0, 1, 0, 0)]).toEqual([0, 0, 0])
    expect(board.dueUsOf(2, 0)).toBeNaN()
  })

  it('keeps its memory in bounds, however many publish', () => {
    expect(new FanOutBoard({ shards: 4, rooms: 1, publishers: 1 }).buffer.byteLength).toBeLessThan(2e6)
    expect(new FanOutBoard({ shards: 4, rooms: 1, publishers: 4096 }).buffer.byteLength).toBeLessThan(25e6)
  })
})
