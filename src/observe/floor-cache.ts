/** What this machine's generator can do, as `stress doctor --measure` found it: kept by machine and version. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { readEnvironment } from './environment.ts'

/** What a floor holds for: with another of these it has to be measured again. */
export interface Machine {
  readonly toolVersion: string
  readonly node: string
  /** Kernel and architecture, as in the result's environment. */
  readonly os: string
  readonly cpuModel: string
  readonly cpus: number
  /** Cores this process may run on; null: not known. */
  readonly cpusAllowed: number | null
}

/** One core of generator against a server that costs next to nothing. What could not be measured is null. */
export interface Floor extends Machine {
  /** ISO 8601. */
  readonly measuredAt: string
  /** Closed, 32 B, against a server that only turns frames round; its rate ÷ our loop's load when that server was full first. */
  readonly messagesPerSecondPerCore: number | null
  /** Service time at a low rate: the lowest latency that can be seen. `null` server, then the demo server. */
  readonly latencyUs: {
    readonly nullServer: { readonly p50: number | null; readonly p99: number | null }
    readonly demoServer: { readonly p50: number | null; readonly p99: number | null }
  }
  readonly connectionsPerSecond: number | null
  /** Growth of the generator for one connection. */
  readonly bytesPerConnection: number | null
  /** What its figures suffer from, in a sentence; null: nothing known. */
  readonly note: string | null
}

const FOLDER = 'ws-stress'
const packageFile = new URL('../../package.json', import.meta.url)

/** This machine, as a floor names it. */
export function describeMachine(): Machine {
  const { node, os, cpuModel, cpus, cpusAllowed } = readEnvironment()
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: unknown }
  return { toolVersion: String(version), node, os, cpuModel, cpus, cpusAllowed }
}

/** The floor that was kept for this machine and version; null: none, or none that can be read. Never throws. */
export function readFloor(): Floor | null {
  try {
    const machine = describeMachine()
    const kept: unknown = JSON.parse(readFileSync(pathFor(machine), 'utf8'))
    return isFloor(kept) && keyOf(kept) === keyOf(machine) ? kept : null
  } catch {
    // Missing, unreadable, cut off: as if it had never been measured.
    return null
  }
}

/**
 * Keeps a floor in the user's cache folder, whole or not at all; returns the file's path.
 * @throws the file system's error (EACCES, ENOSPC, ...) as Node gives it
 */
export function writeFloor(floor: Floor): string {
  const path = pathFor(floor)
  const draft = `${path}.${process.pid}`
  mkdirSync(cacheFolder(), { recursive: true })
  try {
    writeFileSync(draft, `${JSON.stringify(floor, null, 2)}\n`)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  return path
}

export interface CacheSurroundings {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/** Where this system keeps what can be made again: XDG_CACHE_HOME, ~/.cache, ~/Library/Caches or LOCALAPPDATA. */
export function cacheFolder(
  { platform, env, home }: CacheSurroundings = {
    platform: process.platform,
    env: process.env,
    home: homedir(),
  },
): string {
  const { XDG_CACHE_HOME: xdg = '', LOCALAPPDATA: local = '' } = env
  // The XDG specification: a relative path is to be ignored.
  if (isAbsolute(xdg)) return join(xdg, FOLDER)
  if (platform === 'darwin') return join(home, 'Library', 'Caches', FOLDER)
  if (platform === 'win32') return join(local === '' ? join(home, 'AppData', 'Local') : local, FOLDER)
  return join(home, '.cache', FOLDER)
}

/** A file a machine: home folders are shared between machines, and machines between Node versions. */
function pathFor(machine: Machine): string {
  const key = createHash('sha256').update(keyOf(machine)).digest('hex').slice(0, 16)
  return join(cacheFolder(), `floor-${key}.json`)
}

function keyOf({ toolVersion, node, os, cpuModel, cpus, cpusAllowed }: Machine): string {
  return JSON.stringify([toolVersion, node, os, cpuModel, cpus, cpusAllowed])
}

function isFloor(value: unknown): value is Floor {
  if (!isRecord(value) || !isRecord(value.latencyUs)) return false
  const { nullServer, demoServer } = value.latencyUs
  return (
    ['measuredAt', 'toolVersion', 'node', 'os', 'cpuModel'].every(
      (name) => typeof value[name] === 'string',
    ) &&
    Number.isFinite(Date.parse(String(value.measuredAt))) &&
    isFigure(value.cpus) &&
    [value.cpusAllowed, value.messagesPerSecondPerCore, value.connectionsPerSecond].every(isFigureOrNull) &&
    isFigureOrNull(value.bytesPerConnection) &&
    (value.note === null || typeof value.note === 'string') &&
    [nullServer, demoServer].every(
      (one) => isRecord(one) && isFigureOrNull(one.p50) && isFigureOrNull(one.p99),
    )
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isFigure(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}

function isFigureOrNull(value: unknown): boolean {
  return value === null || isFigure(value)
}
