import type { Connection } from './members.ts'

export interface CleanUpOptions {
  /** Between two pings of a connection. */
  readonly periodMs: number
  /** Pings without an answer or a word after which a connection is closed. */
  readonly limit: number
  readonly connections: ReadonlySet<Connection>
  readonly drop: (connection: Connection) => void
}

/**
 * Pings every connection once a period and drops those that have left `limit` pings without any sign of life.
 * One timer for all; returns what ends it.
 */
export function startCleanUp({ periodMs, limit, connections, drop }: CleanUpOptions): () => void {
  const timer = setInterval(() => {
    // A Set may lose members while it is walked.
    for (const connection of connections) {
      if (connection.unansweredPings >= limit) drop(connection)
      else ping(connection)
    }
  }, periodMs)
  return () => clearInterval(timer)
}

function ping(connection: Connection): void {
  connection.unansweredPings++
  connection.socket.ping()
}
