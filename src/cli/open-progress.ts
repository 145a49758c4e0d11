/** Which view of a run its stderr gets. */
import type { RunPlan } from '../plan/plan.ts'
import { reflowsLines } from '../report/live/screen.ts'
import { createProgress, type ProgressView, REDRAW_EVERY_MS } from '../report/progress.ts'
import type { RunOptions } from '../run/run.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface OpenProgress {
  readonly view: ProgressView
  /** For run(). */
  readonly options: Pick<RunOptions, 'onProgress' | 'progressEveryMs'>
}

export function openProgress(
  { color }: Pick<RunPlan, 'color'>,
  stderr: NodeJS.WriteStream,
  env: Environment,
): OpenProgress {
  const live = isLive(stderr, env)
  const view = createProgress(stderr, {
    live,
    color: color && useColor(stderr),
    size: () => ({ columns: stderr.columns ?? 0, rows: stderr.rows ?? 0 }),
    reflows: reflowsLines(env),
  })
  const onProgress = view.update
  return { view, options: live ? { onProgress, progressEveryMs: REDRAW_EVERY_MS } : { onProgress } }
}

/** A terminal that someone watches: what CI systems keep of one is a log. `CI=false` is somebody's way to say that this is none. */
export function isLive(stderr: { readonly isTTY?: boolean }, { TERM, CI }: Environment): boolean {
  return stderr.isTTY === true && TERM !== 'dumb' && ['', '0', 'false'].includes(CI ?? '')
}

/** NO_COLOR (no-color.org) and dumb terminals are honoured by hasColors. */
export function useColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.hasColors()
}
