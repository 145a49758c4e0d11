import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InFlight } from '../../src/engine/in-flight.ts'

it('slots under way keep what was put in them, whatever is taken and released in between', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5 }),
      fc.array(fc.option(fc.nat(100), { nil: null }), { maxLength: 200 }),
      (capacity, steps) => {
        const pool = new InFlight(capacity)
        const model: { slot: number; seq: number }[] = []
        let seq = 0
        for (const step of steps) {
          if (step === null || model.length === 0) {
            const slot = pool.take(seq, seq * 1000 + 0.5, seq * 1000 + 2 ** 40)
            expect(model.map((one) => one.slot)).not.toContain(slot)
            expect(pool.nextOf(slot)).toBe(-1)
            model.push({ slot, seq })
            seq++
          } else {
            const [gone] = model.splice(step % model.length, 1)
            pool.release(gone!.slot)
          }
        }
        for (const { slot, seq: wanted } of model) {
          expect([pool.seqOf(slot), pool.dueUsOf(slot), pool.sentUsOf(slot)]).toEqual([
            wanted,
            wanted * 1000 + 0.5,
            wanted * 1000 + 2 ** 40,
          ])
        }
      },
    ),
  )
})

it('memory follows what is under way, not what was sent', () => {
  const pool = new InFlight(4)
  for (let seq = 0; seq < 10_000; seq++) pool.release(pool.take(seq, 0, 0))
  expect(pool.capacity).toBe(4)
  for (let seq = 0; seq < 100; seq++) pool.take(seq, 0, 0)
  expect(pool.capacity).toBe(128)
})
