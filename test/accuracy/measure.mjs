/** Runs cases and judges their rows: when a run counts, when it is repeated, when it cannot be judged. */
import os from 'node:os'
import { whyNotPinned } from '../bench/processes.mjs'
import { CASES } from './cases.mjs'
import { combineFloors, deriveFloor, FLOOR_CASES } from './floor.mjs'
import { runCase } from './run-case.mjs'

/**
 * A case with a row outside its bound is measured again this often: how fast a core wakes up changes from minute to minute
 * on a virtual machine.
 */
const REPEATS = 3
/** A process that has a core of its own waits for it less than this share of the run. */
const DISTURBED = 0.01
/** And the threads of the generator for each other, as it starts. */
const OWN_WAIT_MS = 100
/** The floor of a few rounds, times this: the next run may be worse than they were. */
const SPREAD = 1.5
const FLOOR_ROUNDS = 5
const QUIET_ROUNDS = 2

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
 * The greatest of the rounds that nothing disturbed, and half of it more, since the next run may be worse than a few were;
 * without such a round the least of all (`quiet` is 0): what that says is of the machine more than of the tool.
 */
export async function measureFloor(setup) {
  const floors = []
  const quiet = []
  let rounds = 0
  while (quiet.length < QUIET_ROUNDS && rounds < FLOOR_ROUNDS) {
    rounds++
    const runs = {}
    let isDisturbed = false
    for (const [name, definition] of Object.entries(FLOOR_CASES)) {
      const one = await measureOnce(definition, setup)
      runs[name] = one.run
      isDisturbed ||= one.isDisturbed
    }
    const floor = deriveFloor(runs)
    if (floor === null) continue
    floors.push(floor)
    if (!isDisturbed) quiet.push(floor)
  }
  if (floors.length === 0) throw new Error('not one reply in any round of the floor: the machine is too busy')
  const floor =
    quiet.length > 0
      ? combineFloors(quiet, (...figures) => SPREAD * Math.max(...figures))
      : combineFloors(floors, Math.min)
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
 * `{ name, title, waitedMs, rows, note }`. A count that is wrong in a run that nothing disturbed is final; else a
 * case with failed rows is measured again. Rows with a bound that fail to the end are left open (`isOpen`: neither ok nor
 * failed) when the last run had to wait for a core.
 */
export async function measureCase(name, setup, floor, repeats = REPEATS) {
  const { title, check } = CASES[name]
  const notes = []
  for (let attempt = 0; ; attempt++) {
    const { run, waitedMs, isDisturbed } = await measureOnce(CASES[name], setup)
    const rows = check(run, floor)
    const failed = rows.filter(({ ok }) => !ok)
    const isFinal = failed.length === 0 || (!isDisturbed && failed.some(({ kind }) => kind === 'exact'))
    if (isFinal || attempt === repeats) {
      const isOpen = ({ ok, kind }) => !ok && kind === 'bounded' && isDisturbed
      const judged = rows.map((row) => ({ ...row, isOpen: isOpen(row) }))
      return { name, title, waitedMs, rows: judged, note: notes.join('; ') }
    }
    const which = `${failed[0].figure}${failed.length > 1 ? ` and ${failed.length - 1} more` : ''}`
    const why = isDisturbed
      ? `in a run that waited ${Math.round(waitedMs)} ms for a core`
      : 'in an undisturbed run'
    notes.push(`repeated: ${which} out of bounds ${why}`)
  }
}
