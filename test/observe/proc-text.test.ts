import { describe, expect, test } from 'vitest'
import {
  parseAllowedCores,
  parseCoreList,
  parseIds,
  parseListeningInodes,
  parseOpenFilesLimit,
  parsePortRange,
  parseStat,
  parseStatusBytes,
} from '../../src/observe/proc-text.ts'

const AFTER_NAME =
  'S 41 77 77 0 -1 4194560 8105 12 0 0 150 25 7 3 20 0 11 0 86400 1100000000 12345 18446744073709551615 1 1 0'

describe('parseStat', () => {
  test.each(['node', 'a b', 'we(ird) na)me', '((', ') S 9 (', ''])(
    'counts the fields from the last parenthesis when the command is called %j',
    (name) => {
      expect(parseStat(`1234 (${name}) ${AFTER_NAME}\n`)).toEqual({
        parentPid: 41,
        cpuUs: 1_750_000,
        endedChildrenCpuUs: 100_000,
        startTicks: 86_400,
      })
    },
  )

  test.each(['', '\n', '1234 (node)', '1234 (node) S 41 77', 'no such process'])('refuses %j', (text) => {
    expect(parseStat(text)).toBeNull()
  })
})

const STATUS = `Name:\tVmRSS: 9 kB
State:\tS (sleeping)
VmHWM:\t    2048 kB
VmRSS:\t    1720 kB
Cpus_allowed:\t3
Cpus_allowed_list:\t0-1
Mems_allowed_list:\t0
`

test.each([
  ['state X', AFTER_NAME.replace('S 41', 'X 41')],
  ['no process group', AFTER_NAME.replace('S 41 77 77', 'Z 0 -1 -1')],
])('a process just being removed (%s) has no times', (_what, fields) => {
  expect(parseStat(`1234 (node) ${fields}\n`)).toBeNull()
})

describe('parseStatusBytes', () => {
  test('reads a size of kibibytes as bytes, and no other line that names it', () => {
    expect(parseStatusBytes(STATUS, 'VmRSS')).toBe(1720 * 1024)
    expect(parseStatusBytes(STATUS, 'VmHWM')).toBe(2048 * 1024)
  })

  test('a zombie, which has no memory, gives null', () => {
    expect(parseStatusBytes('Name:\tnode\nState:\tZ (zombie)\n', 'VmRSS')).toBeNull()
  })
})

test.each([
  ['0', [0]],
  ['1,3,5-7', [1, 3, 5, 6, 7]],
])('parseCoreList names the cores of %s', (list, cores) => {
  expect(parseCoreList(`Cpus_allowed_list:\t${list}\n`)).toEqual(cores)
})

describe('parseAllowedCores', () => {
  test.each([
    ['0', 1],
    ['0-1', 2],
    ['0-3,8', 5],
    ['1,3,5-7', 5],
    ['0-127', 128],
  ])('counts the cores of %s as %i', (list, cores) => {
    expect(parseAllowedCores(`Cpus_allowed:\tff\nCpus_allowed_list:\t${list}\n`)).toBe(cores)
  })

  test.each(['', 'Cpus_allowed_list:\t\n', 'Cpus_allowed_list:\t-\n'])('refuses %j', (text) => {
    expect(parseAllowedCores(text)).toBeNull()
  })
})

describe('parseOpenFilesLimit', () => {
  test.each([
    ['Max open files            1024                 524288               files     ', 1024],
    ['Max open files            unlimited            unlimited            files     ', null],
    ['Max processes             96365                96365                processes ', null],
  ])('takes the soft limit of %j', (line, limit) => {
    expect(parseOpenFilesLimit(`Limit  Soft Limit  Hard Limit  Units\n${line}\n`)).toBe(limit)
  })
})

describe('parsePortRange', () => {
  test.each([
    ['32768\t60999\n', [32_768, 60_999]],
    ['1024 65535', [1024, 65_535]],
    ['', null],
    ['32768\n', null],
  ])('reads %j', (text, range) => {
    expect(parsePortRange(text)).toEqual(range)
  })
})

test('parseIds takes what stands between blanks', () => {
  expect(parseIds('12 345 6 ')).toEqual([12, 345, 6])
  expect(parseIds('')).toEqual([])
})

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2329 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1611 1 0 100 0 0 10 0
   1: 0100007F:2329 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 1700 1 0 20 4 30 10 -1
   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1800 1 0 100 0 0 10 0
`
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:2329 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1900 1 0 100 0 0 10 0
`

describe('parseListeningInodes', () => {
  test('names the sockets that listen on the port, and not the connections to it', () => {
    expect(parseListeningInodes(TCP, 9001)).toEqual(['1611'])
    expect(parseListeningInodes(TCP, 80)).toEqual(['1800'])
    expect(parseListeningInodes(TCP6, 9001)).toEqual(['1900'])
  })

  test('is empty for a port where nobody listens and for an empty table', () => {
    expect(parseListeningInodes(TCP, 0x9c40)).toEqual([])
    expect(parseListeningInodes('', 9001)).toEqual([])
  })
})
