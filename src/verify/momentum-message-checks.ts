/** Momentum: what becomes of frames. */
import { type Arrival, describeArrivals } from './arrival.ts'
import { expectNone } from './broadcast-checks.ts'
import { type Check, expectSame, Mismatch, Unverifiable } from './check.ts'
import { readObject } from './json-shape.ts'
import type { Lab } from './lab.ts'
import { dataOf, expectFrame, goOnline, nextOfType, sendFrame } from './momentum-frames.ts'
import type { Peer } from './peer.ts'

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/

export const momentumMessageChecks: readonly Check[] = [
  {
    name: 'ping is answered with pong of the same id',
    async run(lab) {
      const { peer } = await goOnline(lab)
      const id = sendFrame(peer, 'ping', {})
      const pong = await nextOfType(peer, 'pong')
      if (pong.id !== id && dataOf(pong).id !== id)
        throw new Mismatch(`a pong with the id ${id}`, `one with the id ${String(pong.id)}`)
    },
  },
  {
    name: 'its frames have id, message_type, data, ISO 8601 timestamp and from_user_id',
    async run(lab) {
      const { peer } = await goOnline(lab)
      const mark = lab.mark()
      sendFrame(peer, 'text', { content: mark })
      const expected = 'an envelope with all five'
      const arrival = await peer.next(expected, (one) => one.kind === 'text' && one.text.includes(mark))
      const frame = readObject(arrival) ?? {}
      const keys = ['id', 'message_type', 'data', 'timestamp', 'from_user_id'].filter(
        (key) => !(key in frame),
      )
      if (keys.length > 0 || !ISO_8601.test(String(frame.timestamp)))
        throw new Mismatch(expected, describeArrivals([arrival]))
    },
  },
  {
    name: 'text comes back to its sender',
    async run(lab) {
      const { peer } = await goOnline(lab)
      await sendText(lab, peer, [peer])
    },
  },
  {
    name: 'text reaches the other users',
    async run(lab) {
      const [sender, other] = [await goOnline(lab), await goOnline(lab)]
      await sendText(lab, sender.peer, [other.peer])
    },
  },
  {
    name: 'text says in from_user_id who sent it',
    async run(lab) {
      const { peer, user } = await goOnline(lab)
      const mark = lab.mark()
      sendFrame(peer, 'text', { content: mark })
      const arrival = await peer.next(
        `text with ${mark}`,
        (one) => one.kind === 'text' && one.text.includes(mark),
      )
      expectSame(`from_user_id ${user.id}`, `from_user_id ${String(readObject(arrival)?.from_user_id)}`)
    },
  },
  reachesOne('text', 'content'),
  reachesNobodyElse('text', 'content'),
  {
    name: 'notification reaches everyone with content, priority and source',
    async run(lab) {
      const [sender, other] = [await goOnline(lab), await goOnline(lab)]
      const mark = lab.mark()
      const data = { content: mark, priority: 'high', source: 'verify' }
      sendFrame(sender.peer, 'notification', data)
      for (const { peer } of [sender, other]) await expectFrame(peer, mark, 'notification', data)
    },
  },
  reachesOne('notification', 'content'),
  reachesNobodyElse('notification', 'content'),
  {
    name: 'a type that nobody knows is passed on like text',
    async run(lab) {
      const [sender, other] = [await goOnline(lab), await goOnline(lab)]
      const mark = lab.mark()
      sendFrame(sender.peer, 'verify_unknown', { value: mark })
      await expectFrame(other.peer, mark, 'verify_unknown', { value: mark })
    },
  },
  {
    name: 'bad JSON gets its sender an error message',
    async run(lab) {
      const { peer } = await goOnline(lab)
      peer.send(`{"message_type":"text","data":{"content":"${lab.mark()}"`)
      await nextOfType(peer, 'error')
    },
  },
  {
    name: 'after bad JSON the connection stays',
    async run(lab) {
      const { peer } = await goOnline(lab)
      peer.send('{')
      // What came in one piece with the bad frame might have been read before an end.
      await sendText(lab, peer, [peer])
      await sendText(lab, peer, [peer])
    },
  },
  {
    name: 'the others are told user_joined',
    async run(lab) {
      const witness = await goOnline(lab)
      const { user } = await goOnline(lab)
      await expectNews(witness.peer, 'user_joined', user.username)
    },
  },
  {
    name: 'who joins is not told of itself',
    async run(lab) {
      const { user, peer } = await goOnline(lab)
      const fence = lab.mark()
      sendFrame(peer, 'text', { content: fence })
      const own = (await peer.collectUntil(fence)).filter(
        (arrival) => isNews(arrival, 'user_joined') && isAbout(arrival, user.username),
      )
      if (own.length > 0) throw new Mismatch('user_joined to everyone else', describeArrivals(own))
    },
  },
  {
    name: 'the others are told user_left',
    async run(lab) {
      const witness = await goOnline(lab)
      const { user, peer } = await goOnline(lab)
      peer.close()
      await expectNews(witness.peer, 'user_left', user.username)
    },
  },
]

async function sendText(lab: Lab, sender: Peer, receivers: readonly Peer[]): Promise<void> {
  const mark = lab.mark()
  const data = { content: `${mark} "é" <b> 😀` }
  sendFrame(sender, 'text', data)
  for (const receiver of receivers) await expectFrame(receiver, mark, 'text', data)
}

function reachesOne(messageType: string, key: string): Check {
  return {
    name: `${messageType} with to_user_id reaches that user`,
    async run(lab) {
      const [sender, target] = [await goOnline(lab), await goOnline(lab)]
      const mark = lab.mark()
      sendFrame(sender.peer, messageType, { [key]: mark }, target.user.id)
      await expectFrame(target.peer, mark, messageType, { [key]: mark })
    },
  }
}

function reachesNobodyElse(messageType: string, key: string): Check {
  return {
    name: `${messageType} with to_user_id reaches nobody else`,
    async run(lab) {
      const [sender, target, third] = [await goOnline(lab), await goOnline(lab), await goOnline(lab)]
      const [mark, fence] = [lab.mark(), lab.mark()]
      sendFrame(sender.peer, messageType, { [key]: mark }, target.user.id)
      sendFrame(sender.peer, 'text', { content: fence })
      for (const { peer } of [sender, third])
        expectNone(await peer.collectUntil(fence), mark, 'the frame for its receiver alone')
    },
  }
}

async function expectNews(witness: Peer, messageType: string, username: string): Promise<void> {
  if (username === '') throw new Unverifiable('the token given has no username to be read')
  const expected = `message_type ${messageType} with the username ${username}`
  await witness.next(expected, (arrival) => isNews(arrival, messageType) && isAbout(arrival, username))
}

function isNews(arrival: Arrival, messageType: string): boolean {
  return readObject(arrival)?.message_type === messageType
}

function isAbout(arrival: Arrival, username: string): boolean {
  return dataOf(readObject(arrival) ?? {}).username === username
}
