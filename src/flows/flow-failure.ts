import type { FailureClass } from '../record/failures.ts'

/** What a client could not do for its flow. A flow may catch it; one that does not has failed with this class. */
export class FlowFailure extends Error {
  override readonly name = 'FlowFailure'
  /** As in the errors of a report. */
  readonly class: FailureClass

  /** `at`: where the flow asked for it; else where this was made. */
  constructor(failure: FailureClass, message: string, at: CallSite | null = null) {
    super(message)
    this.class = failure
    if (at !== null)
      Object.defineProperty(this, 'stack', { get: () => `${this.name}: ${message}\n${at.frames}` })
  }
}

/** The flow is over: what it still waited for will not come. */
export class FlowOver extends Error {
  constructor() {
    super('the flow has ended')
  }
}

/** Where in the flow something was asked for: a timer that gives it up later has no such stack. */
export class CallSite {
  readonly #holder: { stack?: string } = {}

  constructor() {
    Error.captureStackTrace(this.#holder, CallSite)
  }

  get frames(): string {
    return (this.#holder.stack ?? '').split('\n').slice(1).join('\n')
  }
}
