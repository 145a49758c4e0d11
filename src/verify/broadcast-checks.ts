/** Broadcast: every text goes to everyone, the sender included; binary is ignored. */
import { describeArrivals, isMessage } from './arrival.ts'
import { type Check, Mismatch } from './check.ts'
import { accepted, closeAnswered, pingAnswered } from './connection-checks.ts'
import type { Lab } from './lab.ts'
import { hasMark, type Peer } from './peer.ts'

const IN_A_ROW = 20

export const broadcastChecks: readonly Check[] = [
  accepted,
  {
    name: 'text reaches its sender unchanged',
    async run(lab) {
      const sender = await lab.join()
      await sendAndExpect(sender, [sender], lab.mark())
    },
  },
  {
    name: 'text reaches every other client unchanged',
    async run(lab) {
      const sender = await lab.join()
      const others = [await lab.join(), await lab.join()]
      await sendAndExpect(sender, others, lab.mark())
    },
  },
  {
    name: 'text beyond ASCII is unchanged',
    async run(lab) {
      const [sender, other] = [await lab.join(), await lab.join()]
      await sendAndExpect(sender, [other], `${lab.mark()} é 用户 😀 "\\ \t`)
    },
  },
  {
    name: 'messages of one sender arrive once and in order',
    async run(lab) {
      const [sender, other] = [await lab.join(), await lab.join()]
      await expectInOrder(lab, sender, other, (text) => text)
    },
  },
  {
    name: 'binary is ignored, and the connection stays',
    async run(lab) {
      const [sender, other] = [await lab.join(), await lab.join()]
      const [binary, fence] = [lab.mark(), lab.mark()]
      sender.send(Buffer.from(binary))
      sender.send(fence)
      const before = await other.collectUntil(fence)
      expectNone(before, binary, 'no message for the binary frame')
      // What came in one piece with the binary frame might have been read before an end.
      await sendAndExpect(sender, [other], lab.mark())
    },
  },
  {
    name: 'others go on when a client leaves',
    async run(lab) {
      const [leaver, sender, other] = [await lab.join(), await lab.join(), await lab.join()]
      leaver.close()
      await leaver.nextEnd('the end of the connection that was closed')
      // The server may notice while it handles the first.
      await sendAndExpect(sender, [other], lab.mark())
      await sendAndExpect(sender, [other], lab.mark())
    },
  },
  pingAnswered,
  closeAnswered,
]

async function sendAndExpect(sender: Peer, receivers: readonly Peer[], text: string): Promise<void> {
  sender.send(text)
  // A mark stands in front, and is what the message is known by.
  const [mark = ''] = text.split(' ')
  for (const receiver of receivers) await receiver.expectMarked(mark, text)
}

/** Sends a row of messages that all share a mark; `other` has to get each once, as `write` makes it, in that order. */
export async function expectInOrder(
  lab: Lab,
  sender: Peer,
  other: Peer,
  write: (text: string) => string,
): Promise<void> {
  const mark = lab.mark()
  const texts = Array.from({ length: IN_A_ROW }, (_, index) => `${mark}n${index}`)
  for (const text of texts) sender.send(text)
  for (const text of texts) await other.expectMarked(mark, write(text))
}

/** @throws Mismatch when one of them is a message with the mark */
export function expectNone(
  arrivals: readonly Parameters<typeof hasMark>[0][],
  mark: string,
  expected: string,
): void {
  const wrong = arrivals.filter((arrival) => isMessage(arrival) && hasMark(arrival, mark))
  if (wrong.length > 0) throw new Mismatch(expected, describeArrivals(wrong))
}
