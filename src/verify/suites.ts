/** Which checks a dialect has. */
import { binaryChecks } from './binary-checks.ts'
import { broadcastChecks } from './broadcast-checks.ts'
import { chatJsonChecks } from './chat-json-checks.ts'
import { chatNamedChecks } from './chat-named-checks.ts'
import { chatNumberedChecks } from './chat-numbered-checks.ts'
import type { Check } from './check.ts'
import { makeEchoChecks } from './echo-checks.ts'
import { heartbeatChecks } from './heartbeat-checks.ts'
import { momentumAccessChecks } from './momentum-access-checks.ts'
import { momentumHttpChecks } from './momentum-http-checks.ts'
import { momentumMessageChecks } from './momentum-message-checks.ts'
import { feedChecks, notificationsChecks } from './push-checks.ts'
import { roomsChecks } from './rooms-checks.ts'
import { sseChecks } from './sse-checks.ts'

/** By dialect, in the order in which they are done. */
export const SUITES: Readonly<Record<string, readonly Check[]>> = {
  echo: makeEchoChecks(''),
  'echo-axum': makeEchoChecks('回显: '),
  'echo-axum-en': makeEchoChecks('Echo: '),
  broadcast: broadcastChecks,
  'chat-numbered': chatNumberedChecks,
  'chat-named': chatNamedChecks,
  'chat-json': chatJsonChecks,
  rooms: roomsChecks,
  binary: binaryChecks,
  notifications: notificationsChecks,
  feed: feedChecks,
  sse: sseChecks,
  heartbeat: heartbeatChecks,
  momentum: [...momentumAccessChecks, ...momentumMessageChecks, ...momentumHttpChecks],
}
