/** What stands between a reply that is due and its being written; `onFirst`: the first message has been read. */
import { nowUs } from './clock.mjs'

/** Nothing. */
export function openGate() {
  return { onFirst() {}, gate: (reply) => reply() }
}

/**
 * From `atUs` after the first message on nothing is done for `forUs`. `how`: `hold` reads on and keeps the replies;
 * `block` stops the whole process, as a long garbage collection does.
 */
export function stallGate({ atUs, forUs, how }, agenda, log) {
  let stall = null
  const queue = []

  function begin() {
    const fromUs = nowUs()
    stall = { fromUs, toUs: fromUs + forUs }
    if (how === 'block') {
      // Sleeps without using the core.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forUs / 1000)
      end()
    } else agenda.at(stall.toUs, end)
  }

  function end() {
    stall.toUs = nowUs()
    log.stalls.push(stall)
    stall = null
    for (const reply of queue.splice(0)) reply()
  }

  return {
    onFirst(readUs) {
      agenda.at(readUs + atUs, begin)
    },
    gate: (reply) => (stall === null ? reply() : queue.push(reply)),
  }
}

/** At most `perSecond` replies, one at a time and evenly: a bucket that holds one token. */
export function rateGate({ perSecond }, agenda) {
  const stepUs = 1e6 / perSecond
  let freeUs = 0
  return {
    onFirst(readUs) {
      freeUs = readUs + stepUs
    },
    gate(reply) {
      agenda.at(freeUs, reply)
      freeUs = Math.max(freeUs, nowUs()) + stepUs
    },
  }
}
