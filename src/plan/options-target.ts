/** Options that say where to connect, and how. */
import { listOption, switchOption, valueOption } from './option.ts'
import {
  parseConstantRate,
  parseCountFrom,
  parseHeader,
  parseMetricsUrl,
  parsePath,
  parsePositiveDuration,
  parseSecret,
  parseServe,
  parseSourceIps,
  parseSubprotocols,
  parseTextSource,
} from './option-parsers.ts'
import { parseTargetUrl } from './target-url.ts'
import { accept, type Parsed } from './units.ts'

const COUNT = { accepted: 'a whole number from 1, also 10k or 1m', parse: parseCountFrom(1) }
const TIME = {
  accepted: 'a time such as 250ms, 30s, 5m or 1h30m; a bare number is seconds',
  parse: parsePositiveDuration,
}
const PEM = { accepted: 'a PEM file', parse: parsePath }

export const TARGET_OPTIONS = {
  url: listOption({
    group: 'Target',
    metavar: 'URL',
    plural: 'urls',
    help: 'ws:// or wss://, repeatable (demo server)',
    accepted: 'ws://HOST:PORT/PATH, wss://…, or HOST:PORT',
    example: 'ws://127.0.0.1:9001',
    parse: (text) => toList(parseTargetUrl(text)),
  }),
  serve: valueOption({
    group: 'Target',
    metavar: 'NAME',
    help: "demo server and its options: 'rooms --drop 1%'",
    accepted: 'a name of stress serve --list, and options of it',
    example: "--serve 'broadcast --drop 1%'",
    parse: parseServe,
  }),
  header: listOption({
    group: 'Target',
    alias: 'H',
    metavar: "'K: V'",
    plural: 'headers',
    help: 'request header, repeatable',
    secret: true,
    accepted: "'Name: value'",
    example: "-H 'Origin: http://localhost'",
    parse: parseHeader,
  }),
  subprotocol: listOption({
    group: 'Target',
    metavar: 'NAME',
    plural: 'subprotocols',
    help: 'offered, repeatable or a comma list',
    accepted: 'names parted by commas',
    example: '--subprotocol chat,graphql-ws',
    parse: parseSubprotocols,
  }),
  token: listOption({
    group: 'Target',
    metavar: 'T|@FILE',
    plural: 'tokens',
    help: 'for {token}; @FILE has one a line',
    secret: true,
    accepted: 'a token, or @file with one a line',
    example: '--token @tokens.txt',
    parse: (text) => toList(parseTextSource(text)),
  }),
  jwtSecret: valueOption({
    group: 'Target',
    metavar: 'S',
    help: 'signs a token for each client (HS256)',
    secret: true,
    accepted: 'the secret that the server checks tokens with',
    example: '--jwt-secret "$JWT_SECRET"',
    parse: parseSecret,
  }),
  insecure: switchOption({ group: 'Target', alias: 'k', help: 'accept any certificate' }),
  ca: valueOption({
    group: 'Target',
    metavar: 'FILE',
    help: 'PEM of the authority to trust',
    ...PEM,
    example: '--ca ca.pem',
  }),
  cert: valueOption({
    group: 'Target',
    metavar: 'FILE',
    help: 'PEM of the client certificate',
    ...PEM,
    example: '--cert client.pem --key client.key',
  }),
  key: valueOption({
    group: 'Target',
    metavar: 'FILE',
    help: 'PEM of its key',
    ...PEM,
    example: '--cert client.pem --key client.key',
  }),
  compress: switchOption({ group: 'Target', help: 'offer permessage-deflate' }),
  serverPid: valueOption({
    group: 'Target',
    metavar: 'N',
    help: 'process to watch for CPU and memory',
    accepted: 'a process id',
    example: '--server-pid 4711',
    parse: parseCountFrom(1),
  }),
  serverMetrics: valueOption({
    group: 'Target',
    metavar: 'URL',
    help: 'its CPU and memory, as Prometheus or JSON',
    accepted: 'http:// or https:// and a page of metrics, or HOST:PORT/PATH',
    example: '--server-metrics http://127.0.0.1:9001/metrics',
    parse: parseMetricsUrl,
  }),
  connectRate: valueOption({
    group: 'Connecting',
    metavar: 'RATE',
    help: 'connections/s (all at once)',
    accepted: 'a rate such as 100, 1k/s or 60/m',
    example: '--connect-rate 200/s',
    parse: parseConstantRate,
  }),
  connectConcurrency: valueOption({
    group: 'Connecting',
    metavar: 'N',
    help: 'handshakes under way at once (250)',
    ...COUNT,
    example: '--connect-concurrency 500',
  }),
  connectTimeout: valueOption({
    group: 'Connecting',
    metavar: 'TIME',
    help: 'for one connection (10s)',
    ...TIME,
    example: '--connect-timeout 10s',
  }),
  sourceIp: listOption({
    group: 'Connecting',
    metavar: 'LIST',
    plural: 'sourceIps',
    help: 'local addresses to connect from',
    accepted: 'IP addresses parted by commas',
    example: '--source-ip 127.0.0.2,127.0.0.3',
    parse: parseSourceIps,
  }),
}

function toList<T>(parsed: Parsed<T>): Parsed<readonly T[]> {
  return parsed.ok ? accept([parsed.value]) : parsed
}
