/** What comes in on a connection, and how it is put into words. */
import { escapeControls } from '../plan/escape-controls.ts'

export type Arrival = { /** Monotonic. */ readonly atMs: number } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly data: Buffer }
  | { readonly kind: 'ping' | 'pong'; readonly data: Buffer }
  | { readonly kind: 'end'; readonly code: number }
)

export type Message = Extract<Arrival, { kind: 'text' | 'binary' }>

const SHOWN_CHARACTERS = 200
const SHOWN_BYTES = 16
const SHOWN_ARRIVALS = 5

export function isMessage(arrival: Arrival): arrival is Message {
  return arrival.kind === 'text' || arrival.kind === 'binary'
}

/** `text "hi"`, `binary of 3 bytes 00 01 ff`, `a pong`, `the end of the connection (1006)`. */
export function describeArrival(arrival: Arrival): string {
  switch (arrival.kind) {
    case 'text':
      return `text ${quote(arrival.text)}`
    case 'binary':
      return describeBytes(arrival.data)
    case 'ping':
    case 'pong':
      return `a ${arrival.kind}${arrival.data.length === 0 ? '' : ` with ${quote(arrival.data.toString('latin1'))}`}`
    case 'end':
      return describeEnd(arrival.code)
  }
}

/** The last few; `nothing` when there are none. */
export function describeArrivals(arrivals: readonly Arrival[]): string {
  if (arrivals.length === 0) return 'nothing'
  const shown = arrivals.slice(-SHOWN_ARRIVALS).map(describeArrival)
  const left = arrivals.length - shown.length
  return `${left === 0 ? '' : `${left} more, then `}${shown.join(', ')}`
}

export function describeBytes(data: Buffer): string {
  const hex = data.subarray(0, SHOWN_BYTES).toString('hex').replace(/..\B/g, '$& ')
  const more = data.length > SHOWN_BYTES ? ' …' : ''
  return `binary of ${data.length} bytes${hex === '' ? '' : ` ${hex}${more}`}`
}

export function describeEnd(code: number): string {
  if (code === 1006) return 'the end of the connection without a Close frame (1006)'
  return `the end of the connection with close code ${code}`
}

/** In double quotes, shortened in the middle, with no character that drives a terminal. */
export function quote(text: string): string {
  const half = SHOWN_CHARACTERS / 2
  const short =
    text.length <= SHOWN_CHARACTERS
      ? text
      : `${text.slice(0, half)} … (${text.length} characters) … ${text.slice(-half)}`
  return `"${escapeControls(short)}"`
}
