/** Frames of one byte of message type, then the data; type and data come back. */
import type { Dialect } from './dialect.ts'

const MESSAGE_TYPE = 1

export const binary: Dialect = {
  name: 'binary',
  description: 'binary frames, one byte of type before the data, come back to the sender',
  audience: 'sender',
  frames: 'binary',
  write: (content) => Buffer.concat([Buffer.of(MESSAGE_TYPE), Buffer.from(content)]),
}
