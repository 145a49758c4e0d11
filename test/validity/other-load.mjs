/** How much of the machine somebody else used: what disturbs a run, and makes its verdict another one's. */
import { readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

/** Ticks of all processes, and those of this process with its ended children. Time in interrupts is nobody's. */
function read() {
  const [, user, nice, system] = readFileSync('/proc/stat', 'utf8').split('\n')[0].split(/\s+/).map(Number)
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const own = [14, 15, 16, 17].reduce((sum, field) => sum + Number(fields[field - 3]), 0)
  return { atMs: performance.now(), all: user + nice + system, own }
}

/** The returned function says, in cores, what others used since. All children of this process must have ended by then. */
export function watchOthers() {
  const before = read()
  return () => {
    const after = read()
    const ticks = after.all - before.all - (after.own - before.own)
    return Math.max(0, ticks / TICKS_PER_SECOND / ((after.atMs - before.atMs) / 1000))
  }
}

/** Until others leave all but so many cores alone for a second; at most `seconds`. */
export async function waitForQuiet(cores, seconds) {
  const endMs = performance.now() + seconds * 1000
  while (performance.now() < endMs) {
    const since = watchOthers()
    await new Promise((resolve) => setTimeout(resolve, 1000))
    if (since() <= cores) return
  }
}
