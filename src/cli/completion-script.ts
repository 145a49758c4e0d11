/** `stress completion [bash|zsh|fish]`: what makes a shell ask this program for the words it knows (answer-shell.ts). */
import yargs from 'yargs'
import type { Shell } from './complete.ts'

/** Under both names of the program. */
const NAMES = ['stress', 'ws-stress']

export function renderCompletionScript(shell: Shell): string {
  return NAMES.map((name) => `${renderFor(name, shell)}\n`).join('')
}

/** The scripts are those of yargs, which takes the shell from the environment. */
function renderFor(name: string, shell: Shell): string {
  const { env } = process
  const { SHELL, ZSH_NAME } = env
  let script = ''
  env.SHELL = shell
  delete env.ZSH_NAME
  try {
    yargs()
      .scriptName(name)
      .completion('completion')
      .parse(['completion'], (_error: unknown, _argv: unknown, output: string) => {
        script = output
      })
  } finally {
    restore('SHELL', SHELL)
    restore('ZSH_NAME', ZSH_NAME)
  }
  return script
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}
