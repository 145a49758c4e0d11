/** What happens when a connection opens: how long that took, and what is sent first. */
import type { Recorder } from '../record/recorder.ts'
import { OPCODE, writeFrame } from '../websocket/frame-writer.ts'
import type { Link } from './link.ts'

/** Records an opened connection. `dueUs`: when the ramp wanted it; `rampStartUs`: when the connect phase began. */
export function recordOpening(recorder: Recorder, link: Link, dueUs: number, rampStartUs: number): void {
  const { trends } = recorder
  recorder.add('connections_opened')
  trends.connect_time.record(link.openUs - dueUs)
  trends.connect_lag.record(link.attemptUs - dueUs)
  trends.connect_attempt.record(link.openUs - link.attemptUs)
  trends.connect_tcp.record(link.tcpUs - link.attemptUs)
  if (link.tlsUs > 0) trends.connect_tls.record(link.tlsUs - link.tcpUs)
  trends.connect_upgrade.record(link.openUs - Math.max(link.tcpUs, link.tlsUs))
  trends.open_at.record(link.openUs - rampStartUs)
}

/** The frame of an opening message, built once a connection. */
export function buildOpening(content: string | Buffer, binary: boolean, framed: boolean): Buffer {
  const payload = typeof content === 'string' ? Buffer.from(content, binary ? 'latin1' : 'utf8') : content
  return framed ? writeFrame(binary ? OPCODE.binary : OPCODE.text, payload) : payload
}
