import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Outcome, type SearchRange, searchCapacity } from '../../src/capacity/search.ts'

const RANGE: SearchRange = { from: 1000, least: 1, upTo: null, precision: 0.03, repeats: 3 }

/** A server that holds every load up to `capacity`, and a generator that makes every load up to `reach`. */
function server(capacity: number, reach = Number.POSITIVE_INFINITY) {
  const loads: number[] = []
  const probe = async (load: number): Promise<Outcome> => {
    loads.push(load)
    if (load > reach) return 'limited'
    return load <= capacity ? 'met' : 'missed'
  }
  return { loads, probe }
}

describe('the search of a capacity', () => {
  it('ends with the greatest load that was met and the least that was missed, each seen twice at least', async () => {
    const { loads, probe } = server(5000)
    const { met, missed, bound } = await searchCapacity(RANGE, probe)
    expect(bound).toBe('server')
    expect(met).toBeLessThanOrEqual(5000)
    expect(missed).toBeGreaterThan(5000)
    expect(missed! / met!).toBeLessThanOrEqual(1.031)
    for (const load of [met, missed]) expect(loads.filter((one) => one === load).length).toBeGreaterThan(1)
    expect(loads.length).toBeLessThan(25)
  })

  it.each([
    ['far above the start', 1_000_000],
    ['far below the start', 7],
    ['at the start', 1000],
    ['just below the start', 999],
    ['the least there is', 1],
  ])('finds it %s', async (_, capacity) => {
    const { met, missed } = await searchCapacity(RANGE, server(capacity).probe)
    expect(met).toBeLessThanOrEqual(capacity)
    expect(missed).toBeGreaterThan(capacity)
    expect(missed! - met!).toBeLessThanOrEqual(Math.max(1, met! * 0.031))
  })

  it('finds nothing where nothing holds', async () => {
    expect(await searchCapacity(RANGE, server(0).probe)).toEqual({ met: null, missed: 1, bound: 'server' })
  })

  it('never goes beyond the bound, and says that it was met there', async () => {
    const { loads, probe } = server(1e9)
    expect(await searchCapacity({ ...RANGE, upTo: 3000 }, probe)).toEqual({
      met: 3000,
      missed: null,
      bound: 'upTo',
    })
    expect(Math.max(...loads)).toBe(3000)
  })

  it('says that the generator was the limit, at the load that it still made', async () => {
    const { met, missed, bound } = await searchCapacity(RANGE, server(50_000, 20_000).probe)
    expect([bound, met! <= 20_000, missed! > 20_000]).toEqual(['generator', true, true])
    expect(missed! / met!).toBeLessThanOrEqual(1.031)
  })

  it('gives up soon where the generator can make no load at all', async () => {
    const { loads, probe } = server(50_000, 0)
    const { met, bound } = await searchCapacity(RANGE, probe)
    expect([met, bound]).toEqual([null, 'generator'])
    expect(Math.min(...loads)).toBeGreaterThan(50)
  })

  it('never goes below the least', async () => {
    const { loads, probe } = server(3)
    expect(await searchCapacity({ ...RANGE, least: 10 }, probe)).toEqual({
      met: null,
      missed: 10,
      bound: 'server',
    })
    expect(Math.min(...loads)).toBe(10)
  })

  it('gives what is known when it is interrupted at any step', async () => {
    const whole = server(5000)
    await searchCapacity(RANGE, whole.probe)
    for (let steps = 0; steps < whole.loads.length; steps++) {
      let left = steps
      const { probe } = server(5000)
      const end = await searchCapacity(RANGE, async (load) => (left-- > 0 ? probe(load) : null))
      expect(end.bound).toBe('interrupted')
      if (end.met !== null) expect(end.met).toBeLessThanOrEqual(5000)
    }
  })

  it('finds any capacity from any start, and asks for no load twice more than the confirmation needs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 1, max: 200_000 }),
        fc.constantFrom(0.01, 0.03, 0.1),
        async (capacity, from, precision) => {
          const { loads, probe } = server(capacity)
          const { met, missed } = await searchCapacity({ ...RANGE, from, precision }, probe)
          expect(met).toBeLessThanOrEqual(capacity)
          expect(missed).toBeGreaterThan(capacity)
          expect(missed! - met!).toBeLessThanOrEqual(Math.max(1, met! * (precision + 0.001)))
          const counts = new Map<number, number>()
          for (const load of loads) counts.set(load, (counts.get(load) ?? 0) + 1)
          expect(Math.max(...counts.values())).toBeLessThanOrEqual(3)
          expect(loads.every(Number.isInteger)).toBe(true)
        },
      ),
    )
  })

  it('is within a few per cent where one step in ten is wrong by chance', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: 100_000 }),
        fc.infiniteStream(fc.nat(9)),
        async (capacity, dice) => {
          const { probe } = server(capacity)
          const noisy = async (load: number): Promise<Outcome> => {
            const truth = await probe(load)
            const isNear = load > capacity * 0.8 && load < capacity * 1.2
            if (!isNear || dice.next().value !== 0) return truth
            return truth === 'met' ? 'missed' : 'met'
          }
          const { met } = await searchCapacity(RANGE, noisy)
          expect(met! / capacity).toBeGreaterThan(0.75)
          expect(met! / capacity).toBeLessThan(1.25)
        },
      ),
    )
  })
})
