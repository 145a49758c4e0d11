import { EXIT } from '../errors.ts'

export interface Signals {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP; the second ends the process at once. */
  readonly signal: AbortSignal
  /** 130 or 143 once interrupted, else null. */
  exitCode(): number | null
  /** What is to be done at once when the second one ends the process. */
  onForcedEnd(action: () => void): void
  stop(): void
}

type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** First signal: drain and report. Second: stop now, by the signal's own default action. */
export function listenForSignals(source: NodeJS.Process): Signals {
  const abort = new AbortController()
  const last: (() => void)[] = []
  let first: SignalName | null = null

  function onSignal(name: SignalName): void {
    if (first === null) {
      first = name
      abort.abort()
      return
    }
    stop()
    for (const action of last) action()
    source.kill(source.pid, name)
  }

  function stop(): void {
    source.off('SIGINT', onSignal)
    source.off('SIGTERM', onSignal)
    source.off('SIGHUP', onSignal)
  }

  source.on('SIGINT', onSignal)
  source.on('SIGTERM', onSignal)
  // A closed terminal ends the run as SIGTERM does, and with it the server that the run started.
  source.on('SIGHUP', onSignal)
  return {
    signal: abort.signal,
    exitCode: () => (first === null ? null : first === 'SIGINT' ? EXIT.interrupted : EXIT.terminated),
    onForcedEnd: (action) => last.push(action),
    stop,
  }
}
