/** Binary: one byte of message type, then the data; both come back. Anything else is closed with its code. */
import { describeEnd } from './arrival.ts'
import { type Check, Mismatch } from './check.ts'
import { accepted, closeAnswered, pingAnswered } from './connection-checks.ts'
import { checkBinary } from './echo-checks.ts'
import type { Lab } from './lab.ts'

const UNSUPPORTED_DATA = 1003
const INVALID_PAYLOAD = 1007
const LARGE_BYTES = 64 * 1024

export const binaryChecks: readonly Check[] = [
  accepted,
  {
    name: 'type and data come back unchanged',
    run: (lab) => checkBinary(lab.connect(), Buffer.from([1, 0, 127, 128, 255])),
  },
  {
    name: 'a type without data comes back',
    run: (lab) => checkBinary(lab.connect(), Buffer.from([2])),
  },
  {
    name: 'the types 0 and 255 come back',
    async run(lab) {
      await checkBinary(lab.connect(), Buffer.from([0, 1, 2]))
      await checkBinary(lab.connect(), Buffer.from([255, 1, 2]))
    },
  },
  {
    name: 'a message of 64 KiB comes back',
    run: (lab) => checkBinary(lab.connect(), Buffer.alloc(LARGE_BYTES, 'abcdefghij')),
  },
  {
    name: 'an empty frame is closed with 1007',
    run: (lab) => checkClosed(lab, Buffer.alloc(0), INVALID_PAYLOAD),
  },
  {
    name: 'a text frame is closed with 1003',
    run: (lab) => checkClosed(lab, lab.mark(), UNSUPPORTED_DATA),
  },
  pingAnswered,
  closeAnswered,
]

async function checkClosed(lab: Lab, data: string | Buffer, code: number): Promise<void> {
  const peer = await lab.connect()
  peer.send(data)
  const expected = describeEnd(code)
  const arrival = await peer.next(expected, ({ kind }) => kind !== 'ping' && kind !== 'pong')
  const seen = arrival.kind === 'end' ? describeEnd(arrival.code) : 'a message'
  if (seen !== expected) throw new Mismatch(expected, seen)
}
