/** Rooms: tagged JSON; a message reaches the members of its room. */
import { type Arrival, describeArrivals, isMessage } from './arrival.ts'
import { expectNone } from './broadcast-checks.ts'
import { type Check, Mismatch } from './check.ts'
import { accepted, closeAnswered, pingAnswered } from './connection-checks.ts'
import { expectObject, type JsonObject, readObject } from './json-shape.ts'
import type { Lab } from './lab.ts'
import { hasMark, type Peer } from './peer.ts'

export const roomsChecks: readonly Check[] = [
  accepted,
  {
    name: 'Join makes a room, and a Message comes back to its sender with the username',
    async run(lab) {
      const room = lab.mark()
      const sender = await enter(lab, room, 'vera')
      await sayAndExpect(lab, room, sender, [sender], 'vera')
    },
  },
  {
    name: 'a Message reaches the other members of its room',
    async run(lab) {
      const room = lab.mark()
      const sender = await enter(lab, room, 'vera')
      const others = [await enter(lab, room, 'wim'), await enter(lab, room, 'xenia')]
      await sayAndExpect(lab, room, sender, others, 'vera')
    },
  },
  {
    name: 'a Message does not reach members of other rooms',
    async run(lab) {
      const [room, elsewhere] = [lab.mark(), lab.mark()]
      const sender = await enter(lab, room, 'vera')
      const stranger = await enter(lab, elsewhere, 'wim')
      const text = lab.mark()
      say(sender, room, text)
      // In a row from one sender: what the stranger must not get would have come before.
      await join(lab, sender, elsewhere, 'vera')
      const fence = lab.mark()
      say(sender, elsewhere, fence)
      expectNone(await stranger.collectUntil(fence), text, `no message of room ${room}`)
    },
  },
  {
    name: 'a member of two rooms gets the messages of both',
    async run(lab) {
      const rooms = [lab.mark(), lab.mark()]
      const member = await lab.connect()
      for (const room of rooms) await join(lab, member, room, 'vera')
      for (const room of rooms) {
        const sender = await enter(lab, room, 'wim')
        await sayAndExpect(lab, room, sender, [member], 'wim')
      }
    },
  },
  {
    name: 'a Message to a room that was not joined is answered with an Error',
    async run(lab) {
      const room = lab.mark()
      await enter(lab, room, 'vera')
      const outsider = await lab.connect()
      say(outsider, room, lab.mark())
      await expectError(outsider)
    },
  },
  {
    name: 'a Message of who has not joined reaches no member of the room',
    async run(lab) {
      const room = lab.mark()
      const member = await enter(lab, room, 'vera')
      const outsider = await lab.connect()
      const [text, fence] = [lab.mark(), lab.mark()]
      say(outsider, room, text)
      await join(lab, outsider, room, 'wim')
      say(outsider, room, fence)
      const before = await member.collectUntil(fence)
      expectNone(before, text, 'nothing of who has not joined')
      const errors = before.filter((arrival) => readObject(arrival)?.type === 'Error')
      if (errors.length > 0) throw new Mismatch('the Error for its sender alone', describeArrivals(errors))
    },
  },
  {
    name: 'Ping is answered with Pong',
    async run(lab) {
      const peer = await lab.connect()
      send(peer, { type: 'Ping' })
      expectObject({ type: 'Pong' }, await peer.nextMessage('text {"type":"Pong"}'))
    },
  },
  {
    name: 'after Leave nothing of the room arrives',
    async run(lab) {
      const [room, other] = [lab.mark(), lab.mark()]
      const sender = await enter(lab, room, 'vera')
      const leaver = await enter(lab, room, 'wim')
      await join(lab, leaver, other, 'wim')
      send(leaver, { type: 'Leave', room })
      await lab.settle(leaver)
      const [text, fence] = [lab.mark(), lab.mark()]
      say(sender, room, text)
      await join(lab, sender, other, 'vera')
      say(sender, other, fence)
      expectNone(await leaver.collectUntil(fence), text, 'nothing of the room that was left')
    },
  },
  {
    name: 'after Leave a Message is answered with an Error',
    async run(lab) {
      const room = lab.mark()
      await enter(lab, room, 'vera')
      const leaver = await enter(lab, room, 'wim')
      send(leaver, { type: 'Leave', room })
      say(leaver, room, lab.mark())
      await expectError(leaver)
    },
  },
  {
    name: 'a room goes on when a member disconnects',
    async run(lab) {
      const room = lab.mark()
      const leaver = await enter(lab, room, 'vera')
      const [sender, other] = [await enter(lab, room, 'wim'), await enter(lab, room, 'xenia')]
      leaver.cut()
      await leaver.nextEnd('the end of the connection that was cut')
      // The server may notice while it handles the first.
      await sayAndExpect(lab, room, sender, [sender, other], 'wim')
      await sayAndExpect(lab, room, sender, [sender, other], 'wim')
    },
  },
  pingAnswered,
  closeAnswered,
]

function send(peer: Peer, message: JsonObject): void {
  peer.send(JSON.stringify(message))
}

function say(sender: Peer, room: string, content: string): void {
  send(sender, { type: 'Message', room, content })
}

async function join(lab: Lab, peer: Peer, room: string, username: string): Promise<void> {
  send(peer, { type: 'Join', room, username })
  await lab.settle(peer)
}

async function enter(lab: Lab, room: string, username: string): Promise<Peer> {
  const peer = await lab.connect()
  await join(lab, peer, room, username)
  return peer
}

async function sayAndExpect(
  lab: Lab,
  room: string,
  sender: Peer,
  receivers: readonly Peer[],
  username: string,
): Promise<void> {
  const mark = lab.mark()
  const content = `${mark} "é" 😀`
  const message = { type: 'Message', room, content, username }
  say(sender, room, content)
  for (const receiver of receivers) {
    const arrival = await receiver.next(`text ${JSON.stringify(message)}`, (one) => hasMark(one, mark))
    expectObject(message, arrival)
  }
}

async function expectError(peer: Peer): Promise<void> {
  const expected = 'text {"type":"Error","reason":"…"}'
  const arrival: Arrival = await peer.next(expected, (one) => isMessage(one))
  const { type, reason } = readObject(arrival) ?? {}
  if (type !== 'Error' || typeof reason !== 'string')
    throw new Mismatch(expected, describeArrivals([arrival]))
}
