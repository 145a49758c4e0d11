/** Chat with numbered users: text T of user N reaches everyone as `用户 N: T`. */
import { describeArrivals, quote } from './arrival.ts'
import { expectInOrder } from './broadcast-checks.ts'
import { type Check, Mismatch, Unverifiable } from './check.ts'
import { closeAnswered, pingAnswered } from './connection-checks.ts'
import type { Lab } from './lab.ts'
import { hasMark, type Peer } from './peer.ts'

export const chatNumberedChecks: readonly Check[] = [
  {
    // First of all, while nobody else has been there.
    name: 'the first user is number 1',
    async run(lab) {
      if (!lab.target.fresh) throw new Unverifiable('the server may have had users before')
      const peer = await lab.join()
      await speak(lab, peer, peer, 1)
    },
  },
  {
    name: 'text comes back to its sender as "用户 N: T"',
    async run(lab) {
      const peer = await lab.join()
      await findNumber(lab, peer)
    },
  },
  {
    name: 'each user gets the next number',
    async run(lab) {
      const peers = [await lab.join(), await lab.join(), await lab.join()]
      const numbers: number[] = []
      for (const peer of peers) numbers.push(await findNumber(lab, peer))
      const [first = 0] = numbers
      // Others may connect in between, unless nobody else is there.
      const count = (number: number, index: number): boolean =>
        lab.target.fresh ? number === first + index : index === 0 || number > numbers[index - 1]!
      if (numbers.every(count)) return
      throw new Mismatch('numbers that count up', numbers.join(', '))
    },
  },
  {
    name: "text reaches the others under its sender's number",
    async run(lab) {
      const [sender, other] = [await lab.join(), await lab.join()]
      const number = await findNumber(lab, sender)
      await speak(lab, sender, other, number)
    },
  },
  {
    name: 'a user keeps its number, and messages their order',
    async run(lab) {
      const [sender, other] = [await lab.join(), await lab.join()]
      const number = await findNumber(lab, sender)
      await expectInOrder(lab, sender, other, (text) => `用户 ${number}: ${text}`)
    },
  },
  {
    name: 'others go on when a user leaves',
    async run(lab) {
      const [leaver, sender, other] = [await lab.join(), await lab.join(), await lab.join()]
      leaver.cut()
      await leaver.nextEnd('the end of the connection that was cut')
      // The server may notice while it handles the first.
      const number = await findNumber(lab, sender)
      await speak(lab, sender, other, number)
      await speak(lab, sender, other, number)
    },
  },
  pingAnswered,
  closeAnswered,
]

/** The user's number, from a message of its own. */
async function findNumber(lab: Lab, peer: Peer): Promise<number> {
  const text = `${lab.mark()} é 😀`
  const [mark = ''] = text.split(' ')
  peer.send(text)
  const expected = `text ${quote(`用户 N: ${text}`)} with a number for N`
  const message = await peer.next(expected, (arrival) => hasMark(arrival, mark))
  const number = message.kind === 'text' ? /^用户 ([1-9]\d*): (.*)$/s.exec(message.text) : null
  if (number?.[2] !== text) throw new Mismatch(expected, describeArrivals([message]))
  return Number(number[1])
}

async function speak(lab: Lab, sender: Peer, receiver: Peer, number: number): Promise<void> {
  const mark = lab.mark()
  sender.send(mark)
  await receiver.expectMarked(mark, `用户 ${number}: ${mark}`)
}
