/** One connection of a truth server. */
import { nowUs } from './clock.mjs'
import { addMessage } from './log.mjs'
import { acceptance, encodeCode, encodeFrame, OPCODE, takeFrame } from './wire.mjs'

/** `server`: agenda, log, decideReply, decideUpgrade, close (code by connection), closeAfter, onMessage, gate. */
export function serve(socket, server) {
  const { agenda, log } = server
  const acceptedUs = nowUs()
  const unseenSinceUs = agenda.unreadSinceUs
  let rest = Buffer.alloc(0)
  let entry = null
  let isOpen = false
  let count = 0
  let held = null

  socket.setNoDelay(true)
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    const readUs = nowUs()
    const unreadSinceUs = agenda.unreadSinceUs
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (entry === null) readRequest(readUs)
    else entry.bytesRead += chunk.length
    if (isOpen) readFrames(readUs, unreadSinceUs)
  })

  function readRequest(requestUs) {
    const end = rest.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = rest.toString('latin1', 0, end + 4)
    rest = rest.subarray(end + 4)
    const number = log.connections.length
    entry = {
      number,
      client: Number(/^GET \/(\d+)/.exec(head)?.[1] ?? Number.NaN),
      unseenSinceUs,
      acceptedUs,
      requestUs,
      answeredUs: null,
      writtenUs: null,
      status: null,
      closed: undefined,
      bytesRead: rest.length,
      bytesWritten: 0,
      framesRead: 0,
    }
    log.connections.push(entry)
    const { delayUs, status } = server.decideUpgrade(number)
    agenda.at(requestUs + delayUs, () => answer(head, status))
  }

  function answer(head, status) {
    entry.status = status
    entry.answeredUs = nowUs()
    if (status === 101) socket.write(acceptance(head))
    else socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
    entry.writtenUs = nowUs()
    isOpen = status === 101
  }

  function readFrames(readUs, unreadSinceUs) {
    for (let frame = takeFrame(rest); frame !== null; frame = takeFrame(rest)) {
      rest = rest.subarray(frame.size)
      if (frame.opcode === OPCODE.close) {
        if (entry.closed === undefined) socket.write(encodeFrame(OPCODE.close, frame.payload))
        socket.end()
        return
      }
      entry.framesRead++
      const seen = { connection: entry.number, k: count, bytes: frame.size, readUs, unreadSinceUs }
      const n = addMessage(log, seen)
      onMessage({ n, k: count++ }, readUs, frame.payload)
    }
  }

  function onMessage(message, readUs, payload) {
    server.onMessage(readUs)
    // What comes after our Close frame is read, and not answered.
    if (entry.closed !== undefined) return
    const { delayUs, copies = 1, afterNext = false } = server.decideReply(message)
    const reply = () => server.gate(() => sendReply(message.n, payload, copies))
    if (afterNext && held === null) {
      held = reply
      return
    }
    const behind = held
    held = null
    agenda.at(readUs + delayUs, () => {
      reply()
      behind?.()
    })
    if (server.close[entry.number] !== undefined && message.k + 1 === server.closeAfter)
      agenda.at(readUs + delayUs, () => server.gate(close))
  }

  function sendReply(n, payload, copies) {
    const { messages } = log
    if (socket.destroyed || entry.closed !== undefined) return
    for (let copy = 0; copy < copies; copy++) {
      if (copy === 0) messages.writeUs[n] = nowUs()
      const frame = encodeFrame(OPCODE.text, payload)
      entry.bytesWritten += frame.length
      socket.write(frame)
      if (copy === 0) messages.writtenUs[n] = nowUs()
      messages.replies[n]++
    }
  }

  function close() {
    const code = server.close[entry.number]
    entry.closed = code
    if (code === 1006) socket.end()
    else socket.write(encodeFrame(OPCODE.close, encodeCode(code)))
  }
}
