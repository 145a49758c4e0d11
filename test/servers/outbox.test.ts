import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { FaultInjector, type FaultOptions } from '../../src/servers/faults.ts'
import { Outbox, type Sink } from '../../src/servers/outbox.ts'

const FULL = 1024 * 1024

/** A socket that takes everything and is as full as a test says; `write` completes its oldest messages. */
class FakeSink implements Sink {
  readyState = 1
  bufferedAmount = 0
  readonly sent: string[] = []
  readonly #pending: ((error?: Error | null) => void)[] = []

  send(data: string | Buffer, _options: object, written: (error?: Error | null) => void): void {
    this.sent.push(data.toString())
    this.#pending.push(written)
  }

  terminate(): void {
    this.readyState = 2
    for (const written of this.#pending.splice(0)) written(new Error('closed'))
  }

  write(count = this.#pending.length): void {
    for (const written of this.#pending.splice(0, count)) written()
  }
}

function create(capacity: number | null, options: Partial<FaultOptions> = {}, capacityBytes?: number) {
  const faults = new FaultInjector(options)
  const sink = new FakeSink()
  const bytes = capacityBytes === undefined ? {} : { capacityBytes }
  return { faults, sink, outbox: new Outbox(sink, { capacity, ...bytes, faults }) }
}

function numbered(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `${from + index}`)
}

afterEach(() => {
  vi.useRealTimers()
})

describe('an outbox', () => {
  test('hands on at once while little is buffered, and counts what was written', () => {
    const { outbox, sink, faults } = create(100)
    for (const text of numbered(500)) outbox.send(text)
    expect(sink.sent).toEqual(numbered(500))
    expect([outbox.length, faults.counts.delivered]).toEqual([0, 0])
    sink.write()
    expect(faults.counts.delivered).toBe(500)
  })

  test('keeps up to its capacity while the socket is full, and goes on in order once it has drained', () => {
    const { outbox, sink, faults } = create(100)
    outbox.send('first')
    sink.bufferedAmount = FULL
    for (const text of numbered(100)) outbox.send(text)
    expect([sink.sent.length, outbox.length]).toEqual([1, 100])
    sink.bufferedAmount = 0
    sink.write(1)
    outbox.send('last')
    expect(sink.sent).toEqual(['first', ...numbered(100), 'last'])
    expect(faults.counts.laggedReceivers).toBe(0)
  })

  test('cuts a receiver for which more wait, and counts all that it did not get', async () => {
    const { outbox, sink, faults } = create(100)
    outbox.send('in the socket')
    sink.bufferedAmount = FULL
    outbox.sendNotice('a notice is in the queue too, but no lost message')
    for (const text of numbered(99)) outbox.send(text)
    expect(faults.counts.laggedReceivers).toBe(0)
    outbox.send('one too many')
    outbox.send('later')
    await new Promise(process.nextTick)
    expect(sink.readyState).toBe(2)
    expect(faults.counts).toMatchObject({ delivered: 0, laggedReceivers: 1, lagLost: 101 })
    outbox.send('later still')
    expect([outbox.length, sink.sent.length, faults.counts.lagLost]).toEqual([0, 1, 101])
  })

  test('without a capacity takes any number of messages', () => {
    const { outbox, sink, faults } = create(null)
    outbox.send('first')
    sink.bufferedAmount = FULL
    for (const text of numbered(5000)) outbox.send(text)
    expect([outbox.length, faults.counts.laggedReceivers]).toEqual([5000, 0])
  })

  test.each([
    ['with a capacity', 10_000, 16],
    ['without one', null, 64],
  ])('%s cuts a receiver for which many bytes wait', async (_name, capacity, mebibytes) => {
    const { outbox, sink, faults } = create(capacity)
    const mebibyte = Buffer.alloc(1024 * 1024)
    outbox.send('in the socket')
    sink.bufferedAmount = FULL
    for (let count = 0; count < mebibytes; count++) outbox.send(mebibyte)
    expect([outbox.length, faults.counts.laggedReceivers]).toEqual([mebibytes, 0])
    outbox.send('x')
    await new Promise(process.nextTick)
    expect([outbox.length, sink.readyState]).toEqual([0, 2])
    expect(faults.counts).toMatchObject({ laggedReceivers: 1, lagLost: mebibytes + 2 })
  })

  test('counts only the bytes that wait, in UTF-8', () => {
    const { outbox, sink, faults } = create(null, {}, 9)
    outbox.send('first')
    for (let round = 0; round < 3; round++) {
      sink.bufferedAmount = FULL
      for (const text of ['用', '户', '好']) outbox.send(text)
      expect([outbox.length, faults.counts.laggedReceivers]).toEqual([3, 0])
      sink.bufferedAmount = 0
      sink.write(1)
      expect(outbox.length).toBe(0)
    }
    sink.bufferedAmount = FULL
    for (const text of ['用', '户', '好', '!']) outbox.send(text)
    expect(faults.counts.laggedReceivers).toBe(1)
  })

  test('lets one message wait that is larger than all that may, and cuts at the next', () => {
    const { outbox, sink, faults } = create(100, {}, 9)
    outbox.send('first')
    sink.bufferedAmount = FULL
    outbox.send('more than nine bytes')
    expect([outbox.length, faults.counts.laggedReceivers]).toEqual([1, 0])
    outbox.send('x')
    expect(faults.counts.laggedReceivers).toBe(1)
  })

  test('hands on to a socket that is full of pongs: no message would tell when it has drained', () => {
    const { outbox, sink } = create(100)
    sink.bufferedAmount = FULL
    outbox.send('x')
    expect(sink.sent).toEqual(['x'])
  })

  test('forgets its queue when the connection closes, and counts nothing as lost by lag', () => {
    const { outbox, sink, faults } = create(100)
    outbox.send('first')
    sink.bufferedAmount = FULL
    outbox.send('second')
    sink.terminate()
    expect(outbox.length).toBe(0)
    expect(faults.counts).toMatchObject({ delivered: 0, laggedReceivers: 0, lagLost: 0 })
  })

  test('to a closed connection nothing is sent, dropped, duplicated or misrouted', () => {
    const { outbox, sink, faults } = create(100, { drop: 0.5, duplicate: 0.5 })
    sink.readyState = 2
    for (const text of numbered(50)) outbox.send(text)
    outbox.sendMisrouted('x')
    expect(faults.counts).toMatchObject({ dropped: 0, duplicated: 0, misrouted: 0 })
  })

  test('keeps the order and loses nothing, however the socket fills and drains', () => {
    const step = fc.oneof(
      fc.record({ send: fc.integer({ min: 1, max: 3000 }) }),
      fc.record({ full: fc.boolean() }),
      fc.record({ write: fc.integer({ min: 1, max: 2000 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { outbox, sink, faults } = create(null)
        let count = 0
        for (const each of steps) {
          if ('send' in each) {
            for (const text of numbered(each.send, count)) outbox.send(text)
            count += each.send
          } else if ('full' in each) sink.bufferedAmount = each.full ? FULL : 0
          else sink.write(each.write)
        }
        sink.bufferedAmount = 0
        for (let round = 0; round < 5; round++) sink.write()
        expect(sink.sent).toEqual(numbered(count))
        expect(faults.counts.delivered).toBe(count)
      }),
      { numRuns: 50 },
    )
  })
})

describe('faults', () => {
  test('a dropped message never reaches the socket, a duplicate does twice, a notice is spared', () => {
    const { outbox, sink, faults } = create(100, { drop: 0.2, duplicate: 0.2 })
    for (const text of numbered(1000)) outbox.send(text)
    const { dropped, duplicated } = faults.counts
    expect(sink.sent).toHaveLength(1000 - dropped + duplicated)
    expect(new Set(sink.sent).size).toBe(1000 - dropped)
    for (const count of [dropped / 1000, duplicated / (1000 - dropped)]) {
      expect(count).toBeGreaterThan(0.15)
      expect(count).toBeLessThan(0.25)
    }
    for (let index = 0; index < 100; index++) outbox.sendNotice('n')
    expect(sink.sent.filter((text) => text === 'n')).toHaveLength(100)
    expect(faults.counts).toMatchObject({ dropped, duplicated })
  })

  test('are the same for the same seed, and others for another', () => {
    const pattern = (seed: number) => {
      const faults = new FaultInjector({ drop: 0.3, duplicate: 0.3, seed })
      return Array.from({ length: 200 }, () => faults.countCopies()).join('')
    }
    expect(pattern(7)).toBe(pattern(7))
    expect(pattern(7)).not.toBe(pattern(8))
  })

  test.each([
    [{ drop: 1 }, 0],
    [{ duplicate: 1 }, 2],
    [{ drop: 0, duplicate: 0 }, 1],
  ])('%j always sends %d', (options, copies) => {
    const faults = new FaultInjector(options)
    expect(new Set(Array.from({ length: 100 }, () => faults.countCopies()))).toEqual(new Set([copies]))
  })

  test('a delay holds every message back for its time, in order', () => {
    vi.useFakeTimers()
    const { outbox, sink } = create(100, { delayMs: 20 })
    for (const text of numbered(500)) outbox.send(text)
    vi.advanceTimersByTime(10)
    outbox.send('500')
    vi.advanceTimersByTime(9)
    expect(sink.sent).toEqual([])
    vi.advanceTimersByTime(2)
    expect(sink.sent).toEqual(numbered(500))
    vi.advanceTimersByTime(10)
    expect(sink.sent).toEqual(numbered(501))
  })

  test('a stall holds messages back until it ends, and comes again', () => {
    vi.useFakeTimers()
    const { outbox, sink, faults } = create(100, { stallMs: 500, stallEveryMs: 10_000 })
    for (const round of [1, 2]) {
      vi.advanceTimersByTime(9499)
      outbox.send(`before ${round}`)
      vi.advanceTimersByTime(1)
      outbox.send(`in ${round}`)
      outbox.send(`also in ${round}`)
      sink.write()
      expect(sink.sent.at(-1)).toBe(`before ${round}`)
      vi.advanceTimersByTime(500)
      expect(sink.sent.slice(-2)).toEqual([`in ${round}`, `also in ${round}`])
    }
    faults.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a stall is back-pressure: a channel overflows in it', async () => {
    vi.useFakeTimers()
    const { outbox, sink, faults } = create(100, { stallMs: 500, stallEveryMs: 1000 })
    vi.advanceTimersByTime(500)
    for (const text of numbered(101)) outbox.send(text)
    await new Promise(process.nextTick)
    expect(sink.readyState).toBe(2)
    expect(faults.counts).toMatchObject({ laggedReceivers: 1, lagLost: 101 })
    faults.close()
  })

  test('close ends the delay too', () => {
    vi.useFakeTimers()
    const { outbox, sink, faults } = create(100, { delayMs: 20 })
    outbox.send('x')
    faults.close()
    vi.advanceTimersByTime(100)
    expect([sink.sent, vi.getTimerCount()]).toEqual([[], 0])
  })
})
