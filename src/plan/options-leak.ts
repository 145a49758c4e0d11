/** Options of a leak test: how clients leave, and where the server tells how many it has. */
import { isJsonPointer } from './json-pointer.ts'
import { listOption, valueOption } from './option.ts'
import { parseMetricsUrl, parseWord } from './option-parsers.ts'
import type { Leave } from './plan.ts'
import { accept, type Parsed, reject } from './units.ts'

const LEAVES = ['clean', 'reset', 'silent'] as const satisfies readonly Leave[]

export const LEAK_OPTIONS = {
  leave: listOption({
    group: 'Load',
    metavar: 'HOW',
    plural: 'leaves',
    help: 'how clients of a leak test go (clean, reset)',
    accepted: 'clean, reset or silent',
    example: '--leave clean --leave reset',
    parse: (text) => toList(parseWord(LEAVES)(text)),
  }),
  countUrl: valueOption({
    group: 'Target',
    metavar: 'URL',
    help: "the server's own count of connections, as JSON",
    accepted: 'http:// or https:// and a page of JSON, or HOST:PORT/PATH',
    example: '--count-url http://127.0.0.1:3000/ws/stats --count-path /active_connections',
    parse: parseMetricsUrl,
  }),
  countPath: valueOption({
    group: 'Target',
    metavar: 'POINTER',
    help: 'where it stands in that',
    accepted: 'a JSON pointer such as /data/connections',
    example: '--count-path /active_connections',
    parse: (text) => (isJsonPointer(text) ? accept(text) : reject('is no JSON pointer')),
  }),
}

function toList<T>(parsed: Parsed<T>): Parsed<readonly T[]> {
  return parsed.ok ? accept([parsed.value]) : parsed
}
