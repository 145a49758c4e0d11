/** Runs cases and judges their rows: when a run counts, when it is repeated, when it cannot be judged. */
import os from 'node:os'
import { whyNotPinned } from '../bench/processes.mjs'
import { CASES } from './cases.mjs'
import { combineFloors, deriveFloor, FLOOR_CASES } from './floor.mjs'
import { runCase } from './run-case.mjs'

/** A row of latency outside its bound is measured again when the machine disturbed the run, this often. */
const REPEATS = 2
/** A process that has a core of its own waits for it less than this share of the run. */
const DISTURBED = 0.01
/** And the threads of the generator for each other, as it starts. */
const OWN_WAIT_MS = 100
const FLOOR_ROUNDS = 6
const QUIET_ROUNDS = 3

/** Idle enough to begin: this share of all cores over this time. */
const IDLE_SHARE = 0.9
const IDLE_MS = 300

/**
 * The program, how long to wait before each run for a machine that does nothing else, and the cores of both sides;
 * `unpinned`: why they have none of their own, or null.
 */
export function createSetup(bin, patienceMs) {
  const unpinned = whyNotPinned()
  return { bin, patienceMs, unpinned, cores: unpinned === null ? { server: 0, generator: 1 } : null }
}

async function waitForIdle(patienceMs) {
  const readTimes = () =>
    os.cpus().reduce(
      ({ idle, all }, { times }) => ({
        idle: idle + times.idle,
        all: all + times.user + times.nice + times.sys + times.idle + times.irq,
      }),
      { idle: 0, all: 0 },
    )
  const deadlineMs = performance.now() + patienceMs
  while (performance.now() < deadlineMs) {
    const before = readTimes()
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
    const after = readTimes()
    if (after.idle - before.idle >= IDLE_SHARE * (after.all - before.all)) return
  }
}

/**
 * The greatest of the rounds that nothing disturbed; without one, the least of all (`quiet` is 0), which says what the
 * tool adds at most and is too much.
 */
export async function measureFloor(setup) {
  const floors = []
  const quiet = []
  let rounds = 0
  while (quiet.length < QUIET_ROUNDS && rounds < FLOOR_ROUNDS) {
    const messages = await measureOnce(FLOOR_CASES.messages, setup)
    const connects = await measureOnce(FLOOR_CASES.connects, setup)
    const floor = deriveFloor({ messages: messages.run, connects: connects.run })
    rounds++
    if (floor === null) continue
    floors.push(floor)
    if (!messages.isDisturbed && !connects.isDisturbed) quiet.push(floor)
  }
  if (floors.length === 0) throw new Error('not one reply in any round of the floor: the machine is too busy')
  const floor = quiet.length > 0 ? combineFloors(quiet, Math.max) : combineFloors(floors, Math.min)
  return { ...floor, rounds, quiet: quiet.length }
}

async function measureOnce(definition, setup) {
  await waitForIdle(setup.patienceMs)
  const begin = performance.now()
  const run = await runCase(definition, setup)
  const waitedMs = Math.max(run.waited.server, run.waited.generator - OWN_WAIT_MS)
  return { run, waitedMs, isDisturbed: waitedMs > DISTURBED * (performance.now() - begin) }
}

/**
 * `{ name, title, rows, note }`. Counts are final. Rows with a bound are measured again when they fail in a run that had
 * to wait for a core; when that goes on, they are left open (`isOpen`), which is neither ok nor failed.
 */
export async function measureCase(name, setup, floor, repeats = REPEATS) {
  const { title, check } = CASES[name]
  const notes = []
  for (let attempt = 0; ; attempt++) {
    const { run, waitedMs, isDisturbed } = await measureOnce(CASES[name], setup)
    const rows = check(run, floor)
    const failed = rows.filter(({ ok }) => !ok)
    const mayRepeat = isDisturbed && failed.length > 0 && failed.every(({ kind }) => kind === 'bounded')
    if (!mayRepeat || attempt === repeats) {
      return {
        name,
        title,
        waitedMs,
        rows: rows.map((row) => ({ ...row, isOpen: mayRepeat && !row.ok })),
        note: notes.join('; '),
      }
    }
    const which = `${failed[0].figure}${failed.length > 1 ? ` and ${failed.length - 1} more` : ''}`
    notes.push(`repeated: ${which} out of bounds in a run that waited ${Math.round(waitedMs)} ms for a core`)
  }
}
