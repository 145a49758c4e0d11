import type { FailureClass } from '../record/failures.ts'

/** Error codes of sockets, by class. What this machine lacks (descriptors, ports, memory) is told from what the server did. */
const CLASSES: Readonly<Record<string, FailureClass>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ETIMEDOUT: 'connect-timeout',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EMFILE: 'fd-limit',
  ENFILE: 'fd-limit',
  EADDRNOTAVAIL: 'no-ports',
  EADDRINUSE: 'no-ports',
  ENOBUFS: 'no-memory',
  ENOMEM: 'no-memory',
}

export function classifySocketError(error: Error & { code?: string }): {
  class: FailureClass
  detail: string
} {
  const code = error.code ?? 'unknown'
  const known = CLASSES[code]
  if (known !== undefined) return { class: known, detail: code }
  // OpenSSL's and Node's own certificate errors: CERT_HAS_EXPIRED, DEPTH_ZERO_SELF_SIGNED_CERT, ERR_TLS_…, ERR_SSL_…
  if (/CERT|SSL|TLS|ISSUER|SIGNATURE|CRL|EPROTO/.test(code)) return { class: 'tls', detail: code }
  return { class: 'socket-error', detail: code }
}
