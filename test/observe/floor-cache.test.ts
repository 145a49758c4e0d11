/** What is kept of a floor comes back on the same machine with the same program, and nothing else ever does. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  cacheFolder,
  describeMachine,
  type Floor,
  readFloor,
  writeFloor,
} from '../../src/observe/floor-cache.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stress-floor-'))
  vi.stubEnv('XDG_CACHE_HOME', home)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})

const floor: Floor = {
  ...describeMachine(),
  measuredAt: '2026-01-02T03:04:05.678Z',
  messagesPerSecondPerCore: 110_000,
  latencyUs: { nullServer: { p50: 45, p99: 90 }, demoServer: { p50: 60, p99: null } },
  connectionsPerSecond: null,
  bytesPerConnection: 5400,
  note: null,
}

describe('the kept floor', () => {
  it('is null before anything was kept', () => {
    expect(readFloor()).toBeNull()
  })

  it('comes back as it was kept, the later one in place of the earlier', () => {
    const path = writeFloor({ ...floor, bytesPerConnection: 1 })
    expect(dirname(path)).toBe(join(home, 'ws-stress'))
    expect(writeFloor(floor)).toBe(path)
    expect(readFloor()).toEqual(floor)
    expect(readdirSync(dirname(path))).toHaveLength(1)
  })

  it.each([
    ['another version of the program', { toolVersion: '99.0.0' }],
    ['another Node', { node: 'v99.0.0' }],
    ['another kernel', { os: 'Linux 99 x64' }],
    ['another processor', { cpuModel: 'other' }],
    ['more cores', { cpus: 999 }],
    ['other cores allowed', { cpusAllowed: 999 }],
  ])('of %s is not for this one, and does not take its place', (_, change) => {
    const own = writeFloor(floor)
    const others = writeFloor({ ...floor, ...change, bytesPerConnection: 1 })
    expect(others).not.toBe(own)
    expect(readFloor()).toEqual(floor)
    rmSync(own)
    expect(readFloor()).toBeNull()
    // Not even under this machine's name.
    writeFileSync(own, readFileSync(others))
    expect(readFloor()).toBeNull()
  })

  const { note, ...withoutNote } = floor
  it.each([
    ['nothing', ''],
    ['half a file', JSON.stringify(floor).slice(0, 100)],
    ['no object', 'null'],
    ['a list', '[]'],
    ['bytes', '\0\u{ffff}'],
    ['a field of a newer program less', JSON.stringify(withoutNote)],
    ['a text for a number', JSON.stringify({ ...floor, messagesPerSecondPerCore: '110000' })],
    ['a negative figure', JSON.stringify({ ...floor, bytesPerConnection: -1 })],
    ['a zero', JSON.stringify({ ...floor, connectionsPerSecond: 0 })],
    ['no latency', JSON.stringify({ ...floor, latencyUs: null })],
    ['half the latency', JSON.stringify({ ...floor, latencyUs: { nullServer: floor.latencyUs.nullServer } })],
    ['no time', JSON.stringify({ ...floor, measuredAt: 'yesterday' })],
    ['a note that is no text', JSON.stringify({ ...floor, note: 5 })],
  ])('is null when the file holds %s', (_, content) => {
    expect(note).toBeNull()
    writeFileSync(writeFloor(floor), content)
    expect(readFloor()).toBeNull()
  })

  it('is null when there is a folder in its place, or a file in its folder’s', () => {
    const path = writeFloor(floor)
    rmSync(path)
    mkdirSync(path)
    expect(readFloor()).toBeNull()
    rmSync(dirname(path), { recursive: true })
    writeFileSync(dirname(path), '')
    expect(readFloor()).toBeNull()
  })

  it('leaves nothing half-written behind when it cannot be kept', () => {
    const path = writeFloor(floor)
    rmSync(path)
    mkdirSync(path)
    expect(() => writeFloor(floor)).toThrow()
    expect(readdirSync(dirname(path), { withFileTypes: true }).filter((one) => one.isFile())).toEqual([])
  })

  it('throws the system’s error when there can be no folder', () => {
    writeFileSync(join(home, 'ws-stress'), '')
    expect(() => writeFloor(floor)).toThrow(/EEXIST|ENOTDIR/)
  })
})

describe('cacheFolder', () => {
  const none = {}
  it.each([
    ['linux', { XDG_CACHE_HOME: '/cache' }, '/cache/ws-stress'],
    ['linux', none, '/home/me/.cache/ws-stress'],
    ['linux', { XDG_CACHE_HOME: '' }, '/home/me/.cache/ws-stress'],
    ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/me/.cache/ws-stress'],
    ['freebsd', none, '/home/me/.cache/ws-stress'],
    ['darwin', none, '/home/me/Library/Caches/ws-stress'],
    ['darwin', { XDG_CACHE_HOME: '/cache' }, '/cache/ws-stress'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/ws-stress'],
    ['win32', none, '/home/me/AppData/Local/ws-stress'],
  ] as const)('%s %o: %s', (platform, env, folder) => {
    expect(cacheFolder({ platform, env, home: '/home/me' })).toBe(folder)
  })
})
