/** The clients that visit the raw server: our Connection and the `ws` package's. Both echo every message. */
import { WebSocket } from 'ws'
import { Connection } from '../../../src/engine/connection.ts'
import { writeFrame } from '../../../src/websocket/frame-writer.ts'
import { writeRequestHead } from '../../../src/websocket/handshake.ts'
import { LIMITS } from '../../support/plan.ts'
import { show } from './row.ts'

/** How a connection went. */
export interface Course {
  /** `open`, or why not: ours as `class detail`, ws's as its message. */
  readonly opened: string
  /** `text:…` and `binary:…`. */
  readonly messages: readonly string[]
  /** Of ours: `class detail`; of ws: the close code. */
  readonly end: string
}

export interface Visitor {
  readonly port: number
  readonly path: string
  readonly subprotocols?: readonly string[]
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly maxMessageBytes?: number
  readonly checkUtf8?: boolean
}

export function visitWithOurs({
  port,
  path,
  subprotocols = [],
  headers = [],
  maxMessageBytes = LIMITS.maxMessageBytes,
  checkUtf8 = true,
}: Visitor): Promise<Course> {
  const host = `127.0.0.1:${port}`
  const requestHead = writeRequestHead({ path, host, headers, subprotocols })
  const messages: string[] = []
  let opened = ''
  return new Promise((resolve) => {
    const connection: Connection = new Connection(
      {
        address: '127.0.0.1',
        port,
        tls: null,
        host,
        path,
        headers,
        requestHead,
        subprotocols,
        localAddress: null,
        token: '',
      },
      {
        onBytes() {},
        onPing() {},
        onOpen() {
          opened = 'open'
        },
        onMessage(opcode, data, start, end) {
          const payload = data.subarray(start, end)
          messages.push(`${opcode === 1 ? 'text' : 'binary'}:${show(payload)}`)
          connection.write(writeFrame(opcode, payload))
        },
        onEnd({ class: failure, detail }) {
          const end = `${failure} ${detail}`
          resolve({ opened: opened || end, messages, end })
        },
      },
      { ...LIMITS, maxMessageBytes, checkUtf8 },
      true,
      // What other connections left in the buffer they all share must not be taken for this one's.
      Buffer.alloc(65_536, '\r\n\r\n'),
    )
    connection.open()
  })
}

export function visitWithWs({
  port,
  path,
  subprotocols = [],
  headers = [],
  maxMessageBytes = LIMITS.maxMessageBytes,
  checkUtf8 = true,
}: Visitor): Promise<Course> {
  const messages: string[] = []
  let opened = ''
  return new Promise((resolve) => {
    const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, [...subprotocols], {
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      skipUTF8Validation: !checkUtf8,
      headers: Object.fromEntries(headers),
      handshakeTimeout: 1000,
    })
    client.on('open', () => {
      opened = 'open'
    })
    client.on('message', (data: Buffer, isBinary) => {
      messages.push(`${isBinary ? 'binary' : 'text'}:${show(data)}`)
      client.send(data, { binary: isBinary })
    })
    client.on('error', (error) => {
      opened ||= error.message
    })
    client.on('close', (code) => resolve({ opened, messages, end: String(code) }))
  })
}
