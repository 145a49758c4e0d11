#!/usr/bin/env node
import { main } from './cli/main.ts'

const argv = process.argv.slice(2)
// So that a token or a secret among the arguments does not stand in every list of processes for the whole run.
process.title = 'stress'
process.exit(await main(argv))
