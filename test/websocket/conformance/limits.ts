/** Groups 9 and 10: large messages, many fragments, many pieces. The echoes a second of 9.7 and 9.8 are scaled down to 100 messages. */
import { frame, type Row, seen } from './row.ts'

const KIB = 1024
const MIB = 1024 * KIB

const kindOf = (asText: boolean) => (asText ? 'text' : 'binary')
const payloadOf = (asText: boolean, size: number) => Buffer.alloc(size, asText ? 'BAsd7&jh23' : 0xfe)
const messageOf = (asText: boolean, payload: Buffer) => frame({ opcode: asText ? 1 : 2, payload })

/** One message, whole. The last has the size of our own limit. */
const whole = [true, false].flatMap((asText) =>
  [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB].map((size, index): Row => {
    const payload = () => payloadOf(asText, size)
    return {
      id: `9.${asText ? 1 : 2}.${index + 1}`,
      words: `a ${kindOf(asText)} message of ${size / KIB} KiB`,
      frames: () => [messageOf(asText, payload())],
      read: () => [seen[kindOf(asText)](payload())],
      end: 'open',
    }
  }),
)

function fragmentsOf(asText: boolean, payload: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(payload.length / size) }, (_, index) =>
    frame({
      opcode: index > 0 ? 0 : asText ? 1 : 2,
      fin: (index + 1) * size >= payload.length,
      payload: payload.subarray(index * size, (index + 1) * size),
    }),
  )
}

const fragmented = [true, false].flatMap((asText) =>
  [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB].map((size, index): Row => {
    const payload = () => payloadOf(asText, 4 * MIB)
    return {
      id: `9.${asText ? 3 : 4}.${index + 1}`,
      words: `a ${kindOf(asText)} message of 4 MiB in fragments of ${size} bytes`,
      frames: () => fragmentsOf(asText, payload(), size),
      read: () => [seen[kindOf(asText)](payload())],
      end: 'open',
    }
  }),
)

const chopped = [true, false].flatMap((asText) =>
  [64, 128, 256, 512, 1024, 2048].map((chop, index): Row => {
    const payload = () => payloadOf(asText, MIB)
    return {
      id: `9.${asText ? 5 : 6}.${index + 1}`,
      words: `a ${kindOf(asText)} message of 1 MiB in pieces of ${chop} bytes`,
      frames: () => [messageOf(asText, payload())],
      chop,
      read: () => [seen[kindOf(asText)](payload())],
      end: 'open',
    }
  }),
)

const many = [true, false].flatMap((asText) =>
  [0, 16, 64, 256, 1024, 4096].map((size, index): Row => {
    const payload = payloadOf(asText, size)
    return {
      id: `9.${asText ? 7 : 8}.${index + 1}`,
      words: `100 ${kindOf(asText)} messages of ${size} bytes`,
      frames: () => Array.from({ length: 100 }, () => messageOf(asText, payload)),
      chop: 'frame',
      read: () => Array.from({ length: 100 }, () => seen[kindOf(asText)](payload)),
      end: 'open',
    }
  }),
)

const stars = Buffer.alloc(65_536, '*')
const automatic: Row = {
  id: '10.1.1',
  words: 'a text of 65,536 bytes in fragments of 1,300',
  frames: () => fragmentsOf(true, stars, 1300),
  read: () => [seen.text(stars)],
  end: 'open',
}

export const limits: readonly Row[] = [...whole, ...fragmented, ...chopped, ...many, automatic]
