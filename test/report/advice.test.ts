import { describe, expect, it } from 'vitest'
import type { FailureClass } from '../../src/record/failures.ts'
import { adviseError } from '../../src/report/advice.ts'

// By its type this names every class there is.
const CLASSES: Record<FailureClass, true> = {
  dns: true,
  refused: true,
  unreachable: true,
  reset: true,
  tls: true,
  'connect-timeout': true,
  'upgrade-timeout': true,
  'upgrade-status': true,
  'upgrade-invalid': true,
  'closed-in-handshake': true,
  'close-code': true,
  'closed-without-close-frame': true,
  'dropped-lagging': true,
  protocol: true,
  'too-large': true,
  'not-utf8': true,
  'no-reply': true,
  'no-pong': true,
  'dropped-silent': true,
  'dropped-slow': true,
  'connection-ended': true,
  'socket-full': true,
  'not-open': true,
  'pacer-behind': true,
  'fd-limit': true,
  'no-ports': true,
  'no-memory': true,
  'socket-error': true,
  'expect-timeout': true,
  'expect-mismatch': true,
  'flow-error': true,
  'flow-stalled': true,
  'no-free-client': true,
}

describe('adviseError', () => {
  // Counted by the result, not failures of a connection.
  const STRAYS = [
    'duplicate-reply',
    'duplicate-delivery',
    'delivery-lost',
    'misrouted',
    'push-missed',
    'push-surplus',
    'unexpected-message',
  ]

  it.each([...Object.keys(CLASSES), ...STRAYS])('has a line for %s that fits beside it', (name) => {
    const advice = adviseError(name, '')
    expect(advice).not.toBe('')
    expect(advice.length + name.length).toBeLessThanOrEqual(68)
  })

  it.each([
    ['upgrade-status', '401', 'token'],
    ['upgrade-status', '404 Not Found', 'path'],
    ['upgrade-status', '418', 'see the status'],
    ['close-code', '1011 internal error', 'inside the server'],
    ['close-code', '4000 own code', 'closed the connection'],
  ])('knows %s %s', (name, detail, part) => {
    expect(adviseError(name, detail)).toContain(part)
  })

  it('says nothing about a class it does not know', () => {
    expect(adviseError('new-class', '')).toBe('')
  })
})
