/** Behaviours about frames: forms of a legal echo, and frames that RFC 6455 forbids. */
import type { Behaviour, Peer } from './peer.ts'
import { echoThen } from './replies.ts'
import { encodeClose, encodeFrame } from './wire.ts'

/** A legal echo, padded so that its length needs the 16-bit or the 64-bit field. */
export const longEcho = (sizeBytes: number) => (): Behaviour => ({
  onMessage(peer, { opcode, payload }) {
    const padding = Buffer.alloc(Math.max(0, sizeBytes - payload.length), ' ')
    peer.send({ opcode, payload: Buffer.concat([payload, padding]) })
  },
})

interface Fragments {
  count?: number
  /** A ping between two fragments. */
  ping?: boolean
}
/** A legal echo in `count` fragments. */
export const fragments = ({ count = 3, ping = true }: Fragments = {}): Behaviour => ({
  onMessage(peer, { opcode, payload, number }) {
    const step = Math.ceil(payload.length / count)
    for (let part = 0; part < count; part++) {
      const slice = payload.subarray(part * step, (part + 1) * step)
      peer.send({ opcode: part === 0 ? opcode : 0, fin: part === count - 1, payload: slice })
      if (ping && part < count - 1) peer.ping(`${number}.${part}`)
    }
  },
})

/** Bytes that no client may accept, each with the close code it owes the server. */
export const illegalFrames = {
  'oversized-frame': { bytes: encodeFrame({ payload: 'x', announce: 2n ** 40n }), owedCode: 1009 },
  'frame-of-2^63': { bytes: encodeFrame({ payload: 'x', announce: 2n ** 63n }), owedCode: 1009 },
  'masked-frame': { bytes: encodeFrame({ payload: 'masked', masked: true }), owedCode: 1002 },
  'reserved-bits': { bytes: encodeFrame({ payload: 'bits', reserved: 2 }), owedCode: 1002 },
  'compressed-frame': { bytes: encodeFrame({ payload: 'bits', reserved: 4 }), owedCode: 1002 },
  'reserved-opcode': { bytes: encodeFrame({ payload: 'code', opcode: 3 }), owedCode: 1002 },
  'reserved-control-opcode': { bytes: encodeFrame({ payload: 'code', opcode: 11 }), owedCode: 1002 },
  'fragmented-control': { bytes: encodeFrame({ payload: 'half', opcode: 9, fin: false }), owedCode: 1002 },
  'long-control': { bytes: encodeFrame({ payload: 'p'.repeat(126), opcode: 9 }), owedCode: 1002 },
  'unexpected-continuation': { bytes: encodeFrame({ payload: 'rest', opcode: 0 }), owedCode: 1002 },
  'message-inside-message': {
    bytes: Buffer.concat([encodeFrame({ payload: 'one', fin: false }), encodeFrame({ payload: 'two' })]),
    owedCode: 1002,
  },
  'one-byte-close': { bytes: encodeFrame({ opcode: 8, payload: 'x' }), owedCode: 1002 },
  'invalid-close-code': { bytes: encodeFrame({ opcode: 8, payload: encodeClose(1005) }), owedCode: 1002 },
  'invalid-utf8': { bytes: encodeFrame({ payload: Buffer.from([0xc0, 0xaf]) }), owedCode: 1007 },
} satisfies Record<string, { bytes: Buffer; owedCode: 1002 | 1007 | 1009 }>
export type IllegalFrame = keyof typeof illegalFrames

/** Echoes `after` messages, then sends the named illegal bytes. */
export const illegalFrame =
  (name: IllegalFrame) =>
  ({ after = 1 }: { after?: number } = {}): Behaviour =>
    echoThen(after, (peer: Peer) => {
      peer.log.framesSent++
      peer.socket.write(illegalFrames[name].bytes)
    })
