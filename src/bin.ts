#!/usr/bin/env node
const argv = process.argv.slice(2)
// So that a token or a secret among the arguments does not stand in every list of processes for the whole run.
process.title = 'stress'
// A shell that completes a word waits for the answer: the rest of the program is not loaded for it.
const isQuestion = argv[0] === '--get-yargs-completions'
const { main } = isQuestion ? await import('./cli/answer-shell.ts') : await import('./cli/main.ts')
process.exit(await main(argv))
