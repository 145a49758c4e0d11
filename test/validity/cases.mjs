/**
 * The laboratory's cases: who is starved of what, and what has to be said about it. The generator is on core 0 and the
 * server on core 1 unless `generatorCore` or `serverCore` say otherwise (null: anywhere).
 * `server`: 'raw', or the options of servers/ws-server.mjs, 'demo' (`stress serve echo`), or null (the tool's own).
 */
import { fileURLToPath } from 'node:url'

const dialect = (name) => fileURLToPath(new URL(`dialects/${name}.mjs`, import.meta.url))

const STARVED = { state: ['generator-limited'], limitedBy: ['generator'], exit: [4] }
const SPOILED = { state: ['invalid'], limitedBy: ['generator'], exit: [4] }
const SERVER = {
  state: ['valid'],
  limitedBy: ['server'],
  codes: ['server-thread', 'server-cpu'],
  exit: [0],
}
const NOT_US = { state: ['valid'], limitedBy: ['none', 'server'], exit: [0] }
const FREE = { state: ['valid'], limitedBy: ['none'], exit: [0] }
/** A closed workload has no rest: whoever is slower limits it, as long as it is not called a limited generator. */
const BELIEVED = { state: ['valid'], limitedBy: ['none', 'server', 'unknown'], exit: [0] }

const hold = ['-W', '0.5', '-d', '3']
const open = (rate, connections = 100) => [...hold, '-c', connections, '-R', rate]
const closed = (connections = 100) => [...hold, '-c', connections]
const storm = (connections) => ['--test-type', 'storm', '-c', connections]

const starved = [
  { name: 'G1-hog1-1k', hogs: 1, server: 'raw', load: open('1k') },
  { name: 'G1-hog1-20k', hogs: 1, server: 'raw', load: open('20k') },
  { name: 'G1-hog3-1k', hogs: 3, server: 'raw', load: open('1k') },
  { name: 'G1-hog3-20k', hogs: 3, server: 'raw', load: open('20k') },
  { name: 'G2-hog1', hogs: 1, server: 'raw', load: closed() },
  { name: 'G2-hog3', hogs: 3, server: 'raw', load: closed() },
  { name: 'G2-hog1-demo', hogs: 1, server: 'demo', load: closed() },
  { name: 'G2-hog1-few', hogs: 1, server: 'raw', load: closed(4) },
  { name: 'G3-fast-server', server: 'raw', load: closed(), expect: { ...STARVED, or: SERVER } },
  { name: 'G3-chatty-server', server: 'raw', serverArguments: ['--chatter', 200], load: closed() },
  { name: 'G4-gc-open', server: ['--chatter', 4], load: [...open('2k'), '--dialect', dialect('wasteful')] },
  { name: 'G4-gc-closed', server: ['--chatter', 4], load: [...closed(), '--dialect', dialect('wasteful')] },
  {
    name: 'G5-dialect-open',
    server: ['--chatter', 10],
    load: [...open('5k'), '--dialect', dialect('burning')],
  },
  {
    name: 'G5-dialect-closed',
    server: ['--chatter', 10],
    load: [...closed(), '--dialect', dialect('burning')],
  },
  { name: 'G6-over-capacity', server: 'raw', load: open('400k') },
  { name: 'G7-storm-hog1', hogs: 1, server: 'raw', load: storm(6000) },
  { name: 'G7-storm-hog3', hogs: 3, server: 'raw', load: storm(6000) },
  { name: 'G8-paused-1k', pauses: true, server: 'raw', load: open('1k') },
  { name: 'G8-paused-20k', pauses: true, server: 'raw', load: open('20k') },
].map((one) => ({ expect: STARVED, ...one }))

const spoiled = [
  {
    name: 'I1-files',
    files: 1024,
    server: 'raw',
    load: [...closed(500), '--dialect', dialect('file-keeper')],
  },
  { name: 'I2-ports', ports: [40000, 40119], reserved: '40000-40059', server: 'raw', load: closed(100) },
].map((one) => ({ expect: SPOILED, ...one }))

const overloaded = [
  { name: 'S1-demo-closed', server: 'demo', load: closed() },
  { name: 'S1-demo-1000', server: 'demo', load: closed(1000) },
  { name: 'S2-work-open', server: ['--work-us', 200], load: open('6k') },
  { name: 'S2-work-closed', server: ['--work-us', 200], load: closed() },
  { name: 'S2-less-work', server: ['--work-us', 50], load: open('30k') },
  { name: 'S3-cluster', server: ['--processes', 2, '--work-us', 100], by: 'command', load: closed() },
  { name: 'S3-cluster-pid', server: ['--processes', 2, '--work-us', 100], load: closed() },
  { name: 'S3-cluster-open', server: ['--processes', 2, '--work-us', 100], by: 'command', load: open('12k') },
  { name: 'S4-storm', server: ['--accept-us', 500], load: storm(3000) },
  {
    name: 'S5-one-thread',
    server: ['--work-us', 100, '--idle-threads', 2],
    serverCore: null,
    load: closed(),
  },
].map((one) => ({ expect: SERVER, ...one }))

const slow = [
  { name: 'W1-timer-closed', server: ['--delay-ms', 20], load: closed(), expect: FREE },
  { name: 'W1-timer-open', server: ['--delay-ms', 20], load: open('2k'), expect: FREE },
  { name: 'W2-stalls-open', server: ['--stall-ms', 300], load: open('2k'), expect: FREE },
  { name: 'W2-stalls-closed', server: ['--stall-ms', 300], load: closed(), expect: BELIEVED },
  {
    name: 'W3-reads-slowly',
    server: ['--read-rate', 20],
    load: [...open('4k', 20), '-s', '64KiB', '-t', '1'],
  },
  { name: 'W4-limits-rate-open', server: ['--reply-rate', 1000], load: open('2k'), expect: FREE },
  { name: 'W4-limits-rate-closed', server: ['--reply-rate', 1000], load: closed(), expect: FREE },
  { name: 'W5-shared-open', server: 'demo', serverCore: 0, load: open('5k'), expect: STARVED },
  { name: 'W5-shared-closed', server: 'demo', serverCore: 0, load: closed(), expect: STARVED },
].map((one) => ({ expect: NOT_US, ...one }))

const healthy = [
  { name: 'H1-200', server: 'demo', load: open('200'), expect: FREE },
  { name: 'H2-20k', server: 'demo', load: open('20k') },
  { name: 'H2-20k-raw', server: 'raw', load: open('20k'), expect: FREE },
  { name: 'H3-default', server: null, generatorCore: null, load: [] },
  { name: 'H3-demo-unpinned', server: 'demo', serverCore: null, generatorCore: null, load: closed() },
  { name: 'H4-all', server: null, generatorCore: null, load: ['--test-type', 'all', '-d', '3'] },
  { name: 'I2-addresses', ports: [40000, 40059], server: 'raw', load: closed(100) },
  { name: 'I1-processes', files: 200, server: 'raw', load: closed(500) },
  { name: 'H5-few', server: 'demo', load: ['-c', 20, '-d', '1', '-W', '0.5'] },
  {
    name: 'H5-few-open',
    server: 'demo',
    load: ['-c', 20, '-d', '1', '-W', '0.5', '-R', '500'],
    expect: FREE,
  },
].map((one) => ({ expect: BELIEVED, ...one }))

export const CASES = [...starved, ...spoiled, ...overloaded, ...slow, ...healthy].map((one) => ({
  hogs: 0,
  pauses: false,
  by: 'pid',
  generatorCore: 0,
  serverCore: 1,
  serverArguments: [],
  files: null,
  ports: null,
  reserved: '',
  ...one,
}))
