/** What every WebSocket server does (RFC 6455, sections 5.5 and 7). */

import { describeArrival, describeEnd, quote } from './arrival.ts'
import { type Check, expectSame, Mismatch } from './check.ts'
import type { Lab } from './lab.ts'
import type { Peer } from './peer.ts'

export const accepted: Check = {
  name: 'a connection is accepted',
  async run(lab) {
    await lab.connect()
  },
}

export const pingAnswered = makePingCheck((lab) => lab.connect())

/** A check of the answer to a ping on a connection that `connect` makes. */
export function makePingCheck(connect: (lab: Lab) => Promise<Peer>): Check {
  return {
    name: 'a ping is answered with its own bytes',
    async run(lab) {
      const peer = await connect(lab)
      const mark = lab.mark()
      peer.ping(mark)
      const expected = `a pong with ${quote(mark)}`
      const pong = await peer.next(expected, (arrival) => arrival.kind === 'pong')
      expectSame(expected, describeArrival(pong))
    },
  }
}

export const closeAnswered: Check = {
  name: 'a close is answered',
  async run(lab) {
    const peer = await lab.connect()
    peer.close(1000)
    const expected = 'a Close frame'
    const code = await peer.nextEnd(expected)
    if (code === 1006) throw new Mismatch(expected, describeEnd(code))
  },
}

/** Of servers whose documents only say that a close ends the connection. */
export const closeEnds: Check = {
  name: 'a close ends the connection',
  async run(lab) {
    const peer = await lab.connect()
    peer.close(1000)
    await peer.nextEnd('the end of the connection')
  },
}
