import { binary } from './binary.ts'
import { broadcast } from './broadcast.ts'
import { chatJson } from './chat-json.ts'
import { chatNamed } from './chat-named.ts'
import { chatNumbered } from './chat-numbered.ts'
import { echo } from './echo.ts'
import { echoAxum, echoAxumEn } from './echo-axum.ts'
import { feed } from './feed.ts'
import { heartbeat } from './heartbeat.ts'
import { momentum } from './momentum/service.ts'
import type { ServerName } from './names.ts'
import { notifications } from './notifications.ts'
import { rooms } from './rooms.ts'
import type { ServerKind } from './service.ts'
import { sse } from './sse.ts'

/** Every demo server by its name on the command line. */
export const SERVERS: Readonly<Record<ServerName, ServerKind>> = {
  echo,
  'echo-axum': echoAxum,
  'echo-axum-en': echoAxumEn,
  broadcast,
  'chat-numbered': chatNumbered,
  'chat-named': chatNamed,
  'chat-json': chatJson,
  rooms,
  binary,
  notifications,
  feed,
  sse,
  heartbeat,
  momentum,
}
