/** Options of a slow-consumer test: how many are slow, and how slow. */
import { valueOption } from './option.ts'
import { parseShare } from './option-parsers.ts'
import { accept, type Parsed, parseBytes } from './units.ts'

export const SLOW_OPTIONS = {
  slowShare: valueOption({
    group: 'Load',
    metavar: 'SHARE',
    help: 'of subscribers that become slow readers (10%)',
    accepted: 'a share of the subscribers, 0 to 100%',
    example: '--slow-share 10%',
    parse: parseShare,
  }),
  slowRead: valueOption({
    group: 'Load',
    metavar: 'RATE',
    help: 'what they still read: 0, or 1kB/s (0)',
    accepted: '0, or bytes a second such as 1kB/s',
    example: '--slow-read 1kB/s',
    parse: parseReadRate,
  }),
}

function parseReadRate(text: string): Parsed<number | 'none'> {
  const parsed = parseBytes(text.replace(/\/s$/, ''))
  return parsed.ok && parsed.value === 0 ? accept('none') : parsed
}
