/** Chat with names: the first text is the name, then everyone gets `NAME: T`, and who joined and left. */
import { describeArrival, quote } from './arrival.ts'
import { expectInOrder, expectNone } from './broadcast-checks.ts'
import { type Check, expectSame } from './check.ts'
import { accepted, makePingCheck } from './connection-checks.ts'
import type { Lab } from './lab.ts'
import { hasMark, type Peer } from './peer.ts'

export const chatNamedChecks: readonly Check[] = [
  accepted,
  {
    name: 'who joins is told "NAME joined the chat"',
    async run(lab) {
      const name = lab.mark()
      const peer = await lab.connect()
      peer.send(name)
      await peer.expectMarked(name, `${name} joined the chat`)
    },
  },
  {
    name: 'the others are told "NAME joined the chat"',
    async run(lab) {
      const { peer: witness } = await enter(lab)
      const name = lab.mark()
      const joiner = await lab.connect()
      joiner.send(name)
      await witness.expectMarked(name, `${name} joined the chat`)
    },
  },
  {
    name: 'text comes back to its sender as "NAME: T"',
    async run(lab) {
      const { peer, name } = await enter(lab)
      const text = `${lab.mark()} é 😀`
      peer.send(text)
      const [mark = ''] = text.split(' ')
      await peer.expectMarked(mark, `${name}: ${text}`)
    },
  },
  {
    name: 'text reaches the others as "NAME: T", in order',
    async run(lab) {
      const [sender, other] = [await enter(lab), await enter(lab)]
      await expectInOrder(lab, sender.peer, other.peer, (text) => `${sender.name}: ${text}`)
    },
  },
  {
    name: 'who has not given a name gets nothing',
    async run(lab) {
      const nameless = await lab.connect()
      const { peer, name } = await enter(lab)
      const text = lab.mark()
      peer.send(text)
      await peer.expectMarked(text, `${name}: ${text}`)
      const ownName = lab.mark()
      nameless.send(ownName)
      expectNone(await nameless.collectUntil(ownName), text, 'nothing before the name is given')
    },
  },
  {
    name: 'the others are told "NAME left the chat" after a close',
    run: (lab) => checkLeft(lab, (peer) => peer.close()),
  },
  {
    name: 'the others are told "NAME left the chat" after a cut',
    run: (lab) => checkLeft(lab, (peer) => peer.cut()),
  },
  {
    name: 'a first frame that is not text ends the connection',
    async run(lab) {
      const peer = await lab.connect()
      peer.send(Buffer.from(lab.mark()))
      await peer.nextEnd('the end of the connection')
    },
  },
  // Before the name a ping may count as a first frame that is not text.
  makePingCheck(async (lab) => {
    const peer = await lab.connect()
    peer.send(lab.mark())
    return peer
  }),
]

/** Joins the chat under a name of its own, and waits until the server has it. */
async function enter(lab: Lab): Promise<{ peer: Peer; name: string }> {
  const name = lab.mark()
  const peer = await lab.connect()
  peer.send(name)
  await lab.settle(peer)
  return { peer, name }
}

async function checkLeft(lab: Lab, leave: (peer: Peer) => void): Promise<void> {
  const { peer: witness } = await enter(lab)
  const leaver = await enter(lab)
  leave(leaver.peer)
  const expected = `text ${quote(`${leaver.name} left the chat`)}`
  const message = await witness.next(
    expected,
    (arrival) => hasMark(arrival, leaver.name) && !hasMark(arrival, 'joined the chat'),
  )
  expectSame(expected, describeArrival(message))
}
