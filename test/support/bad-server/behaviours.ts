/** Every behaviour by name. A name takes the parameters of its function: `startBadServer('close-with', { code: 1011, after: 3 })`. */
import { fragments, illegalFrame, longEcho } from './frames.ts'
import * as handshakes from './handshakes.ts'
import * as hostile from './hostile.ts'
import * as replies from './replies.ts'

export const behaviours = {
  echo: replies.echo,
  /** A healthy echo: its log holds every request header. */
  'header-log': replies.echo,
  /** A healthy echo that keeps what it read. */
  keep: replies.keep,
  'subprotocol-echo': handshakes.subprotocolEcho,

  'silent-accept': handshakes.silentAccept,
  status: handshakes.status,
  'wrong-accept': handshakes.wrongAccept,
  'no-accept': handshakes.noAccept,
  'http-1.0': handshakes.http10,
  'garbage-response': handshakes.garbageResponse,
  'raw-response': handshakes.rawResponse,
  'endless-headers': handshakes.endlessHeaders,
  'slow-headers': handshakes.slowHeaders,
  'wrong-upgrade-header': handshakes.wrongUpgradeHeader,
  'unrequested-subprotocol': handshakes.unrequestedSubprotocol,
  'unrequested-extension': handshakes.unrequestedExtension,
  'close-in-handshake': handshakes.closeInHandshake,
  'reset-in-handshake': handshakes.resetInHandshake,

  'close-with': replies.closeWith,
  'close-and-linger': replies.closeAndLinger,
  'drop-without-close': replies.dropWithoutClose,
  'reset-mid-message': replies.resetMidMessage,
  'ignore-close': replies.ignoreClose,

  'never-reply': replies.neverReply,
  'reply-twice': replies.replyTwice,
  'reply-other': replies.replyOther,
  'reply-out-of-order': replies.replyOutOfOrder,
  'lose-every': replies.loseEvery,
  'echo-prefix': replies.echoPrefix,
  delay: replies.delay,
  stall: replies.stall,
  flood: replies.flood,
  pings: replies.pings,
  'slow-reader': replies.slowReader,
  'slow-drip': replies.slowDrip,

  fragments,
  'echo-16-bit': longEcho(1000),
  'echo-64-bit': longEcho(70_000),

  bomb: hostile.bomb,
  'endless-header-line': hostile.endlessHeaderLine,
  'endless-interim': hostile.endlessInterim,
  'slow-header-lines': hostile.slowHeaderLines,
  'slow-frame': hostile.slowFrame,
  'endless-fragments': hostile.endlessFragments,
  'ping-flood': hostile.pingFlood,
  'lie-about-numbers': hostile.lieAboutNumbers,
  'answer-ahead': hostile.answerAhead,
  'reply-for-ever': hostile.replyForEver,
  'close-then-flood': hostile.closeThenFlood,
  'long-close-reason': hostile.longCloseReason,
  'reset-after': hostile.resetAfter,
  'everyone-differs': hostile.everyoneDiffers,
  events: hostile.events,
  parrot: hostile.parrot,

  'oversized-frame': illegalFrame('oversized-frame'),
  'frame-of-2^63': illegalFrame('frame-of-2^63'),
  'masked-frame': illegalFrame('masked-frame'),
  'reserved-bits': illegalFrame('reserved-bits'),
  'compressed-frame': illegalFrame('compressed-frame'),
  'reserved-opcode': illegalFrame('reserved-opcode'),
  'reserved-control-opcode': illegalFrame('reserved-control-opcode'),
  'fragmented-control': illegalFrame('fragmented-control'),
  'long-control': illegalFrame('long-control'),
  'unexpected-continuation': illegalFrame('unexpected-continuation'),
  'message-inside-message': illegalFrame('message-inside-message'),
  'one-byte-close': illegalFrame('one-byte-close'),
  'invalid-close-code': illegalFrame('invalid-close-code'),
  'invalid-utf8': illegalFrame('invalid-utf8'),
}
export type BehaviourName = keyof typeof behaviours
