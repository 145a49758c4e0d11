/** Errors of flows that no flow hears of: a promise that nobody awaits, a callback of a timer. Only in threads with flows. */
import { isOwnFault } from '../flows/describe-error.ts'

type Listener = (error: unknown) => void

let listener: Listener | null = null

/** Who counts them from now on. */
export function hearStrayErrors(next: Listener): void {
  listener = next
}

/** Has them counted instead of ending the thread. What this program's own code throws still does. */
export function catchStrayErrors(thread: NodeJS.EventEmitter): void {
  const onStray = (error: unknown): void => {
    if (listener === null || isOwnFault(error)) throw error
    listener(error)
  }
  thread.on('unhandledRejection', onStray)
  thread.on('uncaughtException', onStray)
}
