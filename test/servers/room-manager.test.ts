import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RoomManager } from '../../src/servers/room-manager.ts'

describe('the room manager', () => {
  test('knows members by room, and their name in each', () => {
    const manager = new RoomManager<number>()
    manager.join('a', 0, 'Ann')
    manager.join('b', 0, 'Anna')
    manager.join('a', 1, 'Bob')
    manager.join('a', 1, 'Robert')
    expect([...manager.membersOf('a')]).toEqual([0, 1])
    expect([manager.nameIn('a', 1), manager.nameIn('b', 0), manager.nameIn('b', 1)]).toEqual([
      'Robert',
      'Anna',
      null,
    ])
    expect([manager.strangersTo('b'), manager.strangersTo('a')]).toEqual([[1], []])
  })

  test('an empty room is gone', () => {
    const manager = new RoomManager<number>()
    manager.join('a', 0, 'Ann')
    expect([
      manager.leave('a', 1),
      manager.leave('b', 0),
      manager.leave('a', 0),
      manager.leave('a', 0),
    ]).toEqual([false, false, true, false])
    expect([manager.roomCount, manager.memberCount, [...manager.membersOf('a')]]).toEqual([0, 0, []])
  })

  test('nothing is left once everyone has left, whatever happened before', () => {
    const member = fc.integer({ min: 0, max: 5 })
    const room = fc.constantFrom('a', 'b', 'c')
    const action = fc.tuple(fc.constantFrom('join', 'leave', 'leaveAll'), room, member)
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        const manager = new RoomManager<number>()
        const model = new Set<string>()
        for (const [kind, name, id] of actions) {
          if (kind === 'join') manager.join(name, id, 'u')
          else if (kind === 'leave') manager.leave(name, id)
          else manager.leaveAll(id)
          for (const each of kind === 'leaveAll' ? ['a', 'b', 'c'] : [name]) {
            if (kind === 'join') model.add(`${each}${id}`)
            else model.delete(`${each}${id}`)
          }
          const held = ['a', 'b', 'c'].flatMap((each) =>
            [...manager.membersOf(each)].map((m) => `${each}${m}`),
          )
          expect(new Set(held)).toEqual(model)
        }
        for (let id = 0; id <= 5; id++) manager.leaveAll(id)
        expect([manager.roomCount, manager.memberCount]).toEqual([0, 0])
      }),
    )
  })
})
