/** What the script of `stress completion` asks for at each Tab; loads no more of the program than the words need. */
import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { type Candidate, listCandidates, type Shell } from './complete.ts'

/** Answers one question, `--get-yargs-completions WORD…`: that is how the scripts of yargs ask. */
export async function main(argv: readonly string[]): Promise<number> {
  process.stdout.write(answerShell(argv.slice(1), process.env))
  return 0
}

/** The lines for a question; `argv`: the program's name, as the shell has it, and the words behind it. */
export function answerShell(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string {
  // fish leaves the program's name out, and zsh alone tells where the cursor is.
  const hasName = /^(?:ws-)?stress(?:\.js)?$/.test(basename(argv[0] ?? ''))
  const shell: Shell = !hasName ? 'fish' : env.COMP_POINT === undefined ? 'bash' : 'zsh'
  const candidates = listCandidates(hasName ? argv.slice(1) : argv, listFolder)
  return candidates.map((candidate) => `${formatCandidate(candidate, shell)}\n`).join('')
}

function formatCandidate({ word, about }: Candidate, shell: Shell): string {
  if (about === '' || shell === 'bash') return shell === 'zsh' ? word.replaceAll(':', '\\:') : word
  return shell === 'fish' ? `${word}\t${about}` : `${word.replaceAll(':', '\\:')}:${about}`
}

/** As paths that begin with `folder`; none of a folder that cannot be read. */
function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder === '' ? '.' : folder).map((name) => `${folder}${name}`)
  } catch {
    return []
  }
}
