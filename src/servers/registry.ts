import { type RunningServer, startEcho } from './echo.ts'

/** A server that `stress serve NAME` can start. */
export interface ServerKind {
  readonly description: string
  /** Used when no port is asked for. */
  readonly defaultPort: number
  start(address: { port: number; host: string }): Promise<RunningServer>
}

/** Every demo server by its name on the command line. */
export const SERVERS: Readonly<Record<string, ServerKind>> = {
  echo: {
    description: 'text and binary come back unchanged, on any path',
    defaultPort: 9001,
    start: startEcho,
  },
}
