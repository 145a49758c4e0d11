/** `stress completion [bash|zsh|fish]`. */
import { UsageError } from '../errors.ts'
import { suggestName } from '../plan/suggest.ts'
import type { Environment } from './command-options.ts'
import { SHELLS, type Shell } from './complete.ts'

export interface CompletionCommand {
  readonly command: 'completion'
  readonly shell: Shell
}

/**
 * Reads what stands behind `stress completion`; without a shell it is that of whoever asks.
 * @throws UsageError for a shell that is not known, and for anything else
 */
export function parseCompletion(argv: readonly string[], env: Environment): CompletionCommand {
  const [text, extra] = argv
  const shell = text === undefined ? guessShell(env) : SHELLS.find((one) => one === text)
  if (shell !== undefined && extra === undefined) return { command: 'completion', shell }
  const near = suggestName(text ?? '', SHELLS)
  const unknown = `is no shell that is known${near === null ? '' : `; did you mean ${near}`}`
  throw new UsageError([
    {
      where: 'completion',
      value: shell === undefined ? (text ?? '') : (extra ?? ''),
      problem: shell === undefined ? unknown : 'is one too many',
      accepted: SHELLS.join(', '),
      example: `source <(stress completion ${near ?? 'bash'})`,
    },
  ])
}

/** By SHELL; bash when it is none that is known. */
function guessShell({ SHELL = '' }: Environment): Shell {
  return SHELLS.find((shell) => SHELL.endsWith(shell)) ?? 'bash'
}
