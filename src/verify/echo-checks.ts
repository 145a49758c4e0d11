/** Echo: text and binary come back (servers that answer `PREFIX: TEXT` included). */
import { describeArrivals, describeBytes, quote } from './arrival.ts'
import { type Check, Mismatch } from './check.ts'
import { accepted, closeAnswered, closeEnds, pingAnswered } from './connection-checks.ts'
import type { Peer } from './peer.ts'

const LARGE_BYTES = 64 * 1024
const IN_A_ROW = 20
const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, value) => value))

/** The checks of an echo server that answers text T with `prefix` + T. */
export function makeEchoChecks(prefix: string): readonly Check[] {
  return [
    accepted,
    {
      name: prefix === '' ? 'text comes back unchanged' : `text T comes back as ${quote(`${prefix}T`)}`,
      run: (lab) => checkText(lab.connect(), prefix, lab.mark()),
    },
    {
      name: 'an empty text comes back',
      run: (lab) => checkText(lab.connect(), prefix, ''),
    },
    {
      name: 'text beyond ASCII comes back',
      run: (lab) => checkText(lab.connect(), prefix, `${lab.mark()} é 回显 😀 "\\ \t`),
    },
    {
      name: 'binary comes back unchanged',
      run: (lab) => checkBinary(lab.connect(), ALL_BYTES),
    },
    {
      name: 'a text in three fragments comes back whole',
      async run(lab) {
        const peer = await lab.connect()
        const parts = [lab.mark(), lab.mark(), lab.mark()]
        peer.sendFragments(parts)
        await peer.expectText(prefix + parts.join(''))
      },
    },
    {
      name: 'a message of 64 KiB comes back',
      run: (lab) => checkText(lab.connect(), prefix, lab.mark().padEnd(LARGE_BYTES, 'abcdefghij')),
    },
    {
      name: 'messages come back in the order sent',
      async run(lab) {
        const peer = await lab.connect()
        const texts = Array.from({ length: IN_A_ROW }, () => lab.mark())
        for (const text of texts) peer.send(text)
        for (const text of texts) await peer.expectText(prefix + text)
      },
    },
    pingAnswered,
    prefix === '' ? closeAnswered : closeEnds,
  ]
}

async function checkText(connecting: Promise<Peer>, prefix: string, text: string): Promise<void> {
  const peer = await connecting
  peer.send(text)
  await peer.expectText(prefix + text)
}

/** Sends binary, which must come back as it is. */
export async function checkBinary(connecting: Promise<Peer>, data: Buffer): Promise<void> {
  const peer = await connecting
  peer.send(data)
  const expected = describeBytes(data)
  const message = await peer.nextMessage(expected)
  if (message.kind === 'binary' && message.data.equals(data)) return
  const differs = message.kind === 'binary' && describeBytes(message.data) === expected
  throw new Mismatch(expected, differs ? 'as many bytes with others behind' : describeArrivals([message]))
}
