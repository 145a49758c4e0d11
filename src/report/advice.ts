/** Likely cause and next step for each class of error, in one line each. */

const STATUS: Readonly<Record<string, string>> = {
  '301': 'redirects are not followed: use the address it names',
  '302': 'redirects are not followed: use the address it names',
  '307': 'redirects are not followed: use the address it names',
  '308': 'redirects are not followed: use the address it names',
  '400': 'the server dislikes the request: see --debug',
  '401': 'no valid token: --token, --jwt-secret or -H Authorization',
  '403': 'check the token, the Origin (-H) and address rules',
  '404': 'no WebSocket at this path: check the URL',
  '426': 'another protocol is wanted: see --subprotocol',
  '429': 'a rate limit: lower --connect-rate, or lift the limit',
  '502': 'the proxy does not reach the server behind it',
  '503': 'the server or proxy is overloaded or not ready',
  '504': 'the proxy waited too long for the server behind it',
}

const CLOSE: Readonly<Record<string, string>> = {
  '1000': 'the server ended the connection: has it a time limit?',
  '1001': 'the server went away: did it restart?',
  '1002': 'the server saw a protocol error: see --debug',
  '1003': 'not this kind of message: with or without --binary?',
  '1007': 'the server could not read the payload: see --payload',
  '1008': 'a policy of the server: token, message rate or size',
  '1009': 'the message is too big for the server: lower --size',
  '1011': 'an error inside the server: see its log',
  '1012': 'the server restarted',
  '1013': 'the server is overloaded and says try later',
}

const CLASSES: Readonly<Record<string, string>> = {
  dns: 'the host name does not resolve: check the URL',
  refused: 'nothing listens there, or its backlog is full',
  unreachable: 'no route to the host: check network and firewall',
  reset: 'the server or a proxy cut it: see its log and limits',
  tls: 'certificate or version: --ca FILE, or -k for tests',
  'connect-timeout': 'no TCP answer: firewall, or a full accept queue',
  'upgrade-timeout': 'accepted, not upgraded in time: server too busy',
  'upgrade-status': 'the server refused the upgrade: see the status',
  'upgrade-invalid': 'no WebSocket server at this path, or a proxy between',
  'closed-in-handshake': 'ended before the upgrade: overload, wrong path',
  'close-code': 'the server closed the connection: see its log',
  'dropped-silent': 'the server dropped a client that answers no ping',
  'dropped-slow': 'the server dropped a client that does not read',
  'dropped-lagging': 'the server dropped a receiver that was behind',
  'closed-without-close-frame': 'the server crashed, or a proxy timed out',
  protocol: 'the server broke RFC 6455: see it with --debug',
  'too-large': 'over the limit, or too much unfinished: --max-message',
  'not-utf8': 'text must be UTF-8: the server should send binary',
  'no-pong': 'the server, or a proxy, answers no ping in time',
  'no-reply': 'overload, or the server does not echo',
  'duplicate-reply': 'the server answered one message more than once',
  'duplicate-delivery': 'a receiver got one message more than once',
  'delivery-lost': 'a receiver never got it, or after --timeout',
  misrouted: 'a message reached a room it was not sent to',
  'push-missed': 'no push when the promised interval was over',
  'push-surplus': 'more pushes than the promised interval has room for',
  'unexpected-message': 'answers nothing we sent: --dialect, --match?',
  'connection-ended': 'ended with messages under way: see the other rows',
  'socket-full': 'the server reads too slowly for this rate: lower it',
  'not-open': 'due while its connection was not open',
  'pacer-behind': 'the generator was behind: lower rate, or --workers',
  'fd-limit': 'too few file descriptors here: ulimit -n',
  'no-ports': 'local ports ran out: --source-ip, or fewer connections',
  'no-memory': 'this machine ran out of memory: fewer connections',
  'socket-error': 'see the code; --debug shows one connection',
  'expect-timeout': 'what a flow waited for did not come in time',
  'expect-mismatch': 'something else came than the flow expected',
  'flow-error': 'the flow threw: see it with --debug',
  'flow-stalled': 'waits for nothing that comes: --flow-timeout',
  'no-free-client': 'more --connections, or a lower rate of flows',
}

/** One line for a class of error and its detail (a status, a close code, an error code); empty when nothing is known. */
export function adviseError(errorClass: string, detail: string): string {
  const code = /\d{3,4}/.exec(detail)?.[0] ?? ''
  if (errorClass === 'upgrade-status' && STATUS[code] !== undefined) return STATUS[code]
  if (errorClass === 'close-code' && CLOSE[code] !== undefined) return CLOSE[code]
  return CLASSES[errorClass] ?? ''
}
