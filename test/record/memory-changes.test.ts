import fc from 'fast-check'
import { expect, it } from 'vitest'
import { applyChanges, MemoryChanges } from '../../src/record/memory-changes.ts'

const SIZE = 5000

it('a copy that gets every change is always the same as the memory', () => {
  const writes = fc.array(
    fc.record({ at: fc.nat(SIZE - 1), value: fc.integer({ min: 0, max: 255 }), send: fc.boolean() }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(writes, (steps) => {
      const memory = new SharedArrayBuffer(SIZE)
      const copy = new SharedArrayBuffer(SIZE)
      const bytes = new Uint8Array(memory)
      const changes = new MemoryChanges(memory)
      for (const { at, value, send } of steps) {
        bytes[at] = value
        if (!send) continue
        applyChanges(copy, changes.take())
        expect(Buffer.from(copy).equals(Buffer.from(memory))).toBe(true)
      }
    }),
  )
})

it('only what changed is sent, once', () => {
  const memory = new SharedArrayBuffer(SIZE)
  const bytes = new Uint8Array(memory)
  const changes = new MemoryChanges(memory)
  bytes[10] = 1
  bytes[SIZE - 1] = 2
  const first = changes.take()
  expect([...first.blocks]).toEqual([0, 4])
  expect(first.bytes).toHaveLength(1024 + (SIZE - 4 * 1024))
  expect(changes.take().blocks).toHaveLength(0)
  bytes[10] = 0
  expect([...changes.take().blocks]).toEqual([0])
})

it('changes that come twice do no harm', () => {
  const memory = new SharedArrayBuffer(SIZE)
  const copy = new SharedArrayBuffer(SIZE)
  new Uint8Array(memory).fill(7, 1000, 3000)
  const taken = new MemoryChanges(memory).take()
  applyChanges(copy, taken)
  applyChanges(copy, taken)
  expect(Buffer.from(copy).equals(Buffer.from(memory))).toBe(true)
})
