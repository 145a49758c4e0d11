/**
 * Things to do at a time of the clock, to the microsecond: timers are 1 ms coarse, so the loop spins and looks
 * at the clock in every turn. What it says of its turns bounds how long bytes may have waited before it read them.
 */
import { nowUs } from './clock.mjs'

export function createAgenda() {
  /** Sorted by time, equal times in the order in which they came; `first`: the next to be done. */
  let due = []
  let first = 0
  const turns = { lastUs: 0, beforeUs: 0 }

  function turn() {
    runDue(nowUs())
    if (first > 1000) {
      due = due.slice(first)
      first = 0
    }
    turns.beforeUs = turns.lastUs
    turns.lastUs = nowUs()
    setImmediate(turn)
  }

  function runDue(untilUs) {
    while (first < due.length && due[first].atUs <= untilUs) due[first++].act()
  }

  return {
    /** Bytes that are read now came after this. */
    get unreadSinceUs() {
      return turns.beforeUs
    },
    start() {
      turns.lastUs = nowUs()
      turns.beforeUs = turns.lastUs
      turn()
    },
    at(atUs, act) {
      let place = due.length
      while (place > first && due[place - 1].atUs > atUs) place--
      due.splice(place, 0, { atUs, act })
    },
  }
}
