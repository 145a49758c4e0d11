import { expect, it } from 'vitest'
import { mapAudience } from '../../src/plan/audience.ts'
import { makeGroup, openPacing } from '../support/plan.ts'

const listeners = makeGroup({ name: 'listeners', count: 5, pacing: { kind: 'silent' } })
const publishers = makeGroup({ name: 'publishers', count: 3, pacing: openPacing(1) })

it('numbers publishers and listeners each on their own, and deals both out to the rooms', () => {
  const map = mapAudience({
    groups: [listeners, publishers, makeGroup({ count: 1 })],
    fanOut: { audience: 'room', rooms: 2 },
  })
  const clients = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  expect(map.publishers).toBe(4)
  expect(clients.map(map.publisherOf)).toEqual([-1, -1, -1, -1, -1, 0, 1, 2, 3, -1])
  expect(clients.map(map.roomOf)).toEqual([0, 1, 0, 1, 0, 0, 1, 0, 1, 0])
})

it('has one room where there are none', () => {
  const map = mapAudience({ groups: [publishers], fanOut: { audience: 'everyone', rooms: 1 } })
  expect([0, 1, 2].map(map.roomOf)).toEqual([0, 0, 0])
})
