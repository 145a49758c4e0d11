/** Why a connection could not be made, in words, and whether another attempt could help. */
export interface Failure {
  readonly reason: string
  readonly isFinal: boolean
}

const STATUSES: Readonly<Record<number, string>> = {
  400: 'check the path and the headers',
  401: 'check that the JWT is valid, the user exists and is active',
  403: 'check the rights of the user and the Origin header',
  404: 'check the path of the URL',
  426: 'check the path of the URL, and the subprotocol if the server wants one',
}
/** Too early, too many, too slow: may pass. */
const PASSING = [408, 425, 429]

/** An HTTP answer instead of an upgrade. Only what the client asked wrongly is final; a server in trouble may recover. */
export function explainStatus(status: number): Failure {
  const isRedirect = status >= 300 && status < 400
  const advice = isRedirect ? 'give the address that it leads to' : STATUSES[status]
  const answered = `the server refused the connection with HTTP ${status}`
  return {
    reason: advice === undefined ? answered : `${answered}: ${advice}`,
    isFinal: status < 500 && !PASSING.includes(status),
  }
}

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: check that the server runs and the port is right',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the host name does not resolve',
  EAI_AGAIN: 'the host name cannot be resolved at the moment',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'no answer from the host',
  EPROTO: 'TLS failed: check whether the server speaks ws:// instead of wss://',
}

const CERTIFICATE = /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH)/

/** An error of the socket or the handshake. The message of an unknown one may hold what the server sent. */
export function explainFailure(error: NodeJS.ErrnoException): Failure {
  // Happy eyeballs gives an AggregateError of one error an address, with the code of the first.
  const { code = '', message } = error
  if (CERTIFICATE.test(code)) {
    return { reason: `the certificate is not trusted (${code}); -k accepts any`, isFinal: true }
  }
  if (/handshake has timed out/.test(message)) {
    return { reason: 'the server did not answer the handshake in time', isFinal: false }
  }
  return { reason: CODES[code] ?? (message === '' ? code : message), isFinal: false }
}
