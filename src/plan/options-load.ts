/** Options that say what is sent, how much of it and when. */
import { DIALECTS } from '../dialects/registry.ts'
import { switchOption, valueOption } from './option.ts'
import {
  parseCountFrom,
  parseDialect,
  parsePositiveBytes,
  parsePositiveDuration,
  parseTestType,
  parseTextSource,
  parseWord,
} from './option-parsers.ts'
import { parseRateSchedule } from './rate-schedule.ts'
import { parseDurationUs } from './units.ts'

const COUNT = { accepted: 'a whole number from 1, also 10k or 1m', parse: parseCountFrom(1) }
const TIME = {
  accepted: 'a time such as 250ms, 30s, 5m or 1h30m; a bare number is seconds',
  parse: parsePositiveDuration,
}
const RATE = {
  accepted: 'a rate such as 1000, 1k/s or 60/m; a ramp 100..1000/s; stages "0..1k/s over 10s, 1k/s"',
  parse: parseRateSchedule,
}
const SIZE = { accepted: 'a size from 1 byte, such as 32, 4kB or 1KiB', parse: parsePositiveBytes }
const TEXT = { accepted: 'a text, or @file', parse: parseTextSource }

export const LOAD_OPTIONS = {
  testType: valueOption({
    group: 'Load',
    metavar: 'TYPE',
    help: 'throughput (default), storm, sustained, all',
    accepted: 'throughput, storm, sustained or all',
    example: '--test-type storm',
    parse: parseTestType,
  }),
  connections: valueOption({
    group: 'Load',
    alias: 'c',
    metavar: 'N',
    help: 'connections (100)',
    accepted: 'a whole number from 1 to 1m, also 10k',
    parse: parseCountFrom(1, 1_000_000),
    example: '--connections 1000',
  }),
  messages: valueOption({
    group: 'Load',
    alias: 'm',
    metavar: 'N',
    help: 'messages of each connection, instead of a time',
    ...COUNT,
    example: '--messages 10',
  }),
  duration: valueOption({
    group: 'Load',
    alias: 'd',
    metavar: 'TIME',
    help: 'length of the load (5s; sustained 60s)',
    ...TIME,
    example: '--duration 30s',
  }),
  rate: valueOption({
    group: 'Load',
    alias: 'R',
    metavar: 'RATE',
    help: 'messages/s in all, on schedule',
    ...RATE,
    example: '--rate 1k/s',
  }),
  messageRate: valueOption({
    group: 'Load',
    alias: 'r',
    metavar: 'RATE',
    help: 'messages/s of each connection',
    ...RATE,
    example: '--message-rate 2',
  }),
  arrival: valueOption({
    group: 'Load',
    metavar: 'KIND',
    help: 'constant or poisson (constant)',
    accepted: 'constant or poisson',
    example: '--arrival poisson',
    parse: parseWord(['constant', 'poisson']),
  }),
  inFlight: valueOption({
    group: 'Load',
    alias: 'p',
    metavar: 'K',
    help: 'messages under way a connection (1)',
    accepted: 'a whole number from 1 to 4096',
    parse: parseCountFrom(1, 4096),
    example: '--in-flight 4',
  }),
  warmup: valueOption({
    group: 'Load',
    alias: 'W',
    metavar: 'TIME',
    help: 'load before the figures count (1s)',
    ...TIME,
    example: '--warmup 2s',
    parse: parseDurationUs,
  }),
  cycles: valueOption({
    group: 'Load',
    metavar: 'N',
    help: 'times to do it all (1)',
    ...COUNT,
    example: '--cycles 3',
  }),
  workers: valueOption({
    group: 'Load',
    alias: 'w',
    metavar: 'N',
    help: 'threads (cores - 1)',
    accepted: 'a whole number from 1 to 256',
    example: '--workers 2',
    parse: parseCountFrom(1, 256),
  }),
  seed: valueOption({
    group: 'Load',
    metavar: 'N',
    help: 'of Poisson arrivals (1)',
    accepted: 'a whole number',
    example: '--seed 42',
    parse: parseCountFrom(0),
  }),
  size: valueOption({
    group: 'Messages',
    alias: 's',
    metavar: 'SIZE',
    help: 'bytes of a message (32)',
    ...SIZE,
    example: '--size 1KiB',
  }),
  payload: valueOption({
    group: 'Messages',
    metavar: 'TEXT|@FILE',
    help: 'your own message, with {client} {seq} {token}',
    ...TEXT,
    example: `--payload '{"id":"{client}-{seq}"}'`,
  }),
  onOpen: valueOption({
    group: 'Messages',
    metavar: 'TEXT|@FILE',
    help: 'sent once, right after the upgrade',
    ...TEXT,
    example: `--on-open '{"subscribe":"all"}'`,
  }),
  binary: switchOption({ group: 'Messages', help: 'binary frames instead of text' }),
  dialect: valueOption({
    group: 'Messages',
    metavar: 'NAME',
    help: 'how the server speaks (echo)',
    accepted: Object.keys(DIALECTS).join(', '),
    example: '--dialect echo',
    parse: parseDialect,
  }),
  match: valueOption({
    group: 'Messages',
    metavar: 'KIND',
    help: 'replies by number (auto) or in order (fifo)',
    accepted: 'auto or fifo',
    example: '--match fifo',
    parse: parseWord(['auto', 'fifo']),
  }),
  timeout: valueOption({
    group: 'Messages',
    alias: 't',
    metavar: 'TIME',
    help: 'a reply later than this is lost (5s)',
    ...TIME,
    example: '--timeout 5s',
  }),
  checkUtf8: switchOption({ group: 'Messages', help: 'check that incoming text is UTF-8' }),
  maxMessage: valueOption({
    group: 'Messages',
    metavar: 'SIZE',
    help: 'largest message accepted (16MiB)',
    ...SIZE,
    example: '--max-message 64MiB',
  }),
}
