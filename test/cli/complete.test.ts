import { describe, expect, it, test } from 'vitest'
import { answerShell } from '../../src/cli/answer-shell.ts'
import { listCandidates, SHELLS } from '../../src/cli/complete.ts'
import { renderCompletionScript } from '../../src/cli/completion-script.ts'
import { TOPIC_NAMES } from '../../src/cli/help-topics.ts'
import { parseCommandLine } from '../../src/cli/parse-arguments.ts'
import { toKebab } from '../../src/plan/option.ts'
import { OPTION_NAMES } from '../../src/plan/option-table.ts'

const FILES: Readonly<Record<string, readonly string[]>> = {
  '': ['package.json', 'mine.yaml', 'scenarios'],
  'scenarios/': ['scenarios/storm.yaml', 'scenarios/all.yml', 'scenarios/notes.txt'],
}
const offer = (...words: readonly string[]): string[] =>
  listCandidates(words, (folder) => FILES[folder] ?? []).map(({ word }) => word)

describe('a shell is offered', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['commands', ['se'], ['serve']],
    ['commands and scenarios of this folder', ['m'], ['mine.yaml']],
    ['scenarios of another folder', ['scenarios/'], ['scenarios/storm.yaml', 'scenarios/all.yml']],
    ['scenarios behind run', ['run', 'scenarios/s'], ['scenarios/storm.yaml']],
    ['options', ['--thr'], ['--threshold']],
    ['test types', ['--test-type', 'st'], ['storm']],
    ['test types, as bash parts them', ['--test-type', '=', 'st'], ['storm']],
    ['test types in one word', ['--test-type=st'], ['--test-type=storm']],
    ['dialects', ['ws://127.0.0.1:1', '--dialect', 'chat-n'], ['chat-numbered', 'chat-named']],
    ['demo servers', ['--serve', 'ec'], ['echo', 'echo-axum', 'echo-axum-en']],
    ['demo servers of serve', ['serve', 'al'], ['all']],
    ['metrics', ['--threshold', 'response_'], ['response_time']],
    ['arrivals', ['--arrival', ''], ['constant', 'poisson']],
    ['topics', ['help', 'val'], ['validity']],
    ['options of a command', ['serve', 'echo', '--st'], ['--stall', '--stall-every']],
    ['options of doctor', ['doctor', '--meas'], ['--measure']],
    ['options of a run behind doctor', ['doctor', '--connecti'], ['--connections']],
    ['both kinds of comparison', ['compare', '--base'], ['--base', '--base-url']],
    ['the dialects of the client alone', ['client', '--dialect', ''], ['momentum', 'text']],
    ['shells', ['completion', ''], SHELLS],
  ])('%s', (_, words, expected) => {
    expect(offer(...words)).toEqual(expected)
  })

  it('everything that the program has', () => {
    expect(offer('--')).toEqual(expect.arrayContaining(OPTION_NAMES.map((name) => `--${toKebab(name)}`)))
    expect(offer('help', '')).toEqual(TOPIC_NAMES)
    for (const command of offer('').filter((word) => !word.includes('.') && word !== 'run'))
      expect(() => parseCommandLine([command, '--help'], {})).not.toThrow()
  })

  it.each<[string, readonly string[]]>([
    ['where a file is meant', ['-o', '']],
    ['where any text is', ['--payload', '']],
    ['in the command that starts a server', ['ws://127.0.0.1:1', '--', 'node', '']],
    ['where there is only one word', ['serve', 'echo', '']],
    ['behind a second topic', ['help', 'metrics', '']],
  ])('nothing %s', (_, words) => {
    expect(offer(...words)).toEqual([])
  })

  it('a list again, but no other option twice', () => {
    expect(offer('--threshold', 'p99<1s', '--thres')).toEqual(['--threshold'])
    expect(offer('-c', '5', '--connections')).toEqual([])
    expect(offer('-c', '5', '--conn')).not.toContain('--connections')
  })
})

describe('the answer', () => {
  it('is words for bash, with what they are for zsh and fish', () => {
    expect(answerShell(['stress', 'verif'], {})).toBe('verify\n')
    expect(answerShell(['/usr/bin/stress', 'verif'], { COMP_POINT: '9' })).toBe(
      'verify:check what a server does\n',
    )
    expect(answerShell(['verif'], {})).toBe('verify\tcheck what a server does\n')
  })

  it('is empty where a folder cannot be read', () => {
    expect(answerShell(['stress', 'run', '/nowhere/'], {})).toBe('')
  })
})

describe('stress completion', () => {
  test.each([
    ['bash', 'complete -o bashdefault -o default -F _stress_yargs_completions stress'],
    ['zsh', 'compdef _stress_yargs_completions stress'],
    ['fish', 'complete -f -c stress'],
  ] as const)('has a script for %s, under both names, and leaves the environment alone', (shell, part) => {
    const { SHELL } = process.env
    const script = renderCompletionScript(shell)
    expect(script).toContain(part)
    expect(script).toContain('ws-stress --get-yargs-completions')
    expect(process.env.SHELL).toBe(SHELL)
  })

  it('takes the shell of whoever asks', () => {
    const shellOf = (argv: readonly string[], SHELL?: string) =>
      parseCommandLine(['completion', ...argv], { SHELL })
    expect(shellOf([], '/usr/bin/zsh')).toEqual({ command: 'completion', shell: 'zsh' })
    expect(shellOf([], '/bin/sh')).toEqual({ command: 'completion', shell: 'bash' })
    expect(shellOf([])).toEqual({ command: 'completion', shell: 'bash' })
    expect(shellOf(['fish'], '/bin/bash')).toEqual({ command: 'completion', shell: 'fish' })
  })

  it('refuses what is no shell, with the one that is meant', () => {
    expect(() => parseCommandLine(['completion', 'bsh'], {})).toThrow('did you mean bash')
    expect(() => parseCommandLine(['completion', 'bash', 'zsh'], {})).toThrow('one too many')
  })
})
