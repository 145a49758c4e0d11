/** Options of a capacity test: what is varied, and how closely the answer is looked for. */
import { valueOption } from './option.ts'
import { parseCountFrom, parseWord } from './option-parsers.ts'
import type { SearchedLoad } from './plan.ts'
import { accept, type Parsed, parseRate, reject } from './units.ts'

const SEARCHED: readonly SearchedLoad[] = ['rate', 'connections', 'connect-rate']

const LOAD = {
  accepted: 'a rate or a number from 1, such as 500, 2k or 1k/s',
  parse: parseLoad,
}

export const SEARCH_OPTIONS = {
  find: valueOption({
    group: 'Load',
    metavar: 'WHAT',
    help: 'of a capacity test: what to vary (rate)',
    accepted: 'rate, connections or connect-rate',
    example: '--find connections',
    parse: parseWord(SEARCHED),
  }),
  from: valueOption({
    group: 'Load',
    metavar: 'N',
    help: 'its first load (1k/s; 100)',
    ...LOAD,
    example: '--from 500/s',
  }),
  upTo: valueOption({
    group: 'Load',
    metavar: 'N',
    help: 'its greatest load (none)',
    ...LOAD,
    example: '--up-to 20k/s',
  }),
  precision: valueOption({
    group: 'Load',
    metavar: 'SHARE',
    help: 'how close it comes (3%)',
    accepted: 'from 0.5% to 50%',
    example: '--precision 5%',
    parse: parseShare,
  }),
  repeats: valueOption({
    group: 'Load',
    metavar: 'N',
    help: 'steps that confirm it (3)',
    accepted: 'an odd number from 1 to 9',
    example: '--repeats 5',
    parse: parseRepeats,
  }),
}

/** A constant rate, or a count: both are so much. */
function parseLoad(text: string): Parsed<number> {
  const rate = parseRate(text)
  if (!rate.ok) return rate
  const { fromPerSec, toPerSec } = rate.value
  if (fromPerSec !== toPerSec) return reject('is a range; it has --from and --up-to')
  return toPerSec < 1 ? reject('is under 1') : accept(Math.round(toPerSec))
}

function parseShare(text: string): Parsed<number> {
  const [, digits = '', sign = ''] = /^(\d+\.?\d*|\.\d+)\s*(%?)$/.exec(text) ?? []
  if (digits === '') return reject('is not a share')
  const share = Number(digits) / (sign === '%' ? 100 : 1)
  return share < 0.005 || share > 0.5 ? reject('is not from 0.5% to 50%') : accept(share)
}

function parseRepeats(text: string): Parsed<number> {
  const count = parseCountFrom(1, 9)(text)
  return count.ok && count.value % 2 === 0 ? reject('is even, so that no majority may come of it') : count
}
