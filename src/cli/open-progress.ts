/** Which view of a run its stderr gets. */
import type { RunPlan } from '../plan/plan.ts'
import { reflowsLines } from '../report/live/screen.ts'
import { createProgress, REDRAW_EVERY_MS } from '../report/progress.ts'
import type { RunOptions } from '../run/run.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface OpenProgress {
  /** For run(). */
  readonly options: Pick<RunOptions, 'onProgress' | 'progressEveryMs'>
  /** Takes the view away until the next progress. */
  clear(): void
  close(): void
}

export function openProgress({ color }: Pick<RunPlan, 'color'>, source: NodeJS.Process): OpenProgress {
  const { stderr, env } = source
  const live = isLive(stderr, env)
  const { update, clear } = createProgress(stderr, {
    live,
    color: color && useColor(stderr),
    size: () => ({ columns: stderr.columns ?? 0, rows: stderr.rows ?? 0 }),
    reflows: reflowsLines(env),
  })
  // Before Node prints what it died of: afterwards that would be taken away instead.
  source.on('uncaughtExceptionMonitor', clear)
  return {
    options: live ? { onProgress: update, progressEveryMs: REDRAW_EVERY_MS } : { onProgress: update },
    clear,
    close() {
      source.off('uncaughtExceptionMonitor', clear)
      clear()
    },
  }
}

/** A terminal that someone watches: what CI systems keep of one is a log. `CI=false` is somebody's way to say that this is none. */
export function isLive(stderr: { readonly isTTY?: boolean }, { TERM, CI }: Environment): boolean {
  return stderr.isTTY === true && TERM !== 'dumb' && ['', '0', 'false'].includes(CI ?? '')
}

/** NO_COLOR (no-color.org) and dumb terminals are honoured by hasColors. */
export function useColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.hasColors()
}
