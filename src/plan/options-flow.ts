/** Options of flows: what clients do when a function of the user's says it. */
import { listOption, valueOption } from './option.ts'
import {
  parseFlowPath,
  parsePath,
  parsePositiveDuration,
  parseVariable,
  parseWord,
} from './option-parsers.ts'

export const FLOW_OPTIONS = {
  flow: valueOption({
    group: 'Flows',
    metavar: 'FILE',
    help: 'what each client does: ./flow.mjs or .ts',
    accepted: 'a module ending in .mjs, .js, .ts or .mts',
    example: '--flow ./flow.mjs',
    parse: parseFlowPath,
  }),
  data: valueOption({
    group: 'Flows',
    metavar: 'FILE',
    help: 'rows for context.row: .csv or .jsonl',
    accepted: 'a file ending in .csv, or in .jsonl with one JSON object a line',
    example: '--data users.csv',
    parse: parsePath,
  }),
  dataMode: valueOption({
    group: 'Flows',
    metavar: 'HOW',
    help: 'cycle, or unique: a row for each client (cycle)',
    accepted: 'cycle or unique',
    example: '--data-mode unique',
    parse: parseWord(['cycle', 'unique']),
  }),
  var: listOption({
    group: 'Flows',
    metavar: 'NAME[=VALUE]',
    plural: 'vars',
    help: 'for context.env, repeatable; bare: yours',
    secret: true,
    accepted: 'NAME=VALUE, or the name of a variable that is set',
    example: '--var ROOM=lobby',
    parse: parseVariable,
  }),
  flowTimeout: valueOption({
    group: 'Flows',
    metavar: 'TIME',
    help: 'a flow idle for so long has failed (30s)',
    accepted: 'a time such as 250ms, 30s, 5m or 1h30m; a bare number is seconds',
    example: '--flow-timeout 10s',
    parse: parsePositiveDuration,
  }),
}
