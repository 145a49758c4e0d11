/** How long each thread of a process ran and how long it waited for a core, from outside (/proc/PID/task/TID/schedstat). */
import { readdirSync, readFileSync } from 'node:fs'

const EVERY_MS = 200
/** Start, connecting and warm-up, and the end, are not the hold. */
const SKIP_MS = 1600
const KEEP_MS = 2000

function read(pid) {
  const threads = new Map()
  try {
    for (const tid of readdirSync(`/proc/${pid}/task`)) {
      const [ranNs, waitedNs] = readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8')
        .split(' ')
        .map(Number)
      threads.set(tid, { ranNs, waitedNs })
    }
  } catch {
    // It has ended, or there is no /proc.
  }
  return { atMs: performance.now(), threads }
}

export function watchThreads(pid) {
  const startMs = performance.now()
  const looks = []
  const timer = setInterval(() => {
    const look = read(pid)
    if (look.threads.size > 0) looks.push(look)
  }, EVERY_MS)
  return {
    /** Of the thread that ran most in the middle of the run, shares of the time; null when it was too short. */
    stop() {
      clearInterval(timer)
      const first = looks.find(({ atMs }) => atMs >= startMs + SKIP_MS)
      const last = looks.findLast(({ atMs }) => atMs <= startMs + SKIP_MS + KEEP_MS)
      if (first === undefined || last === undefined || last.atMs - first.atMs < 500)
        return { ran: null, waitedForCore: null }
      const ns = (last.atMs - first.atMs) * 1e6
      const shares = [...last.threads].map(([tid, { ranNs, waitedNs }]) => {
        const before = first.threads.get(tid) ?? { ranNs: 0, waitedNs: 0 }
        return { ran: (ranNs - before.ranNs) / ns, waitedForCore: (waitedNs - before.waitedNs) / ns }
      })
      return shares.sort((a, b) => b.ran - a.ran)[0]
    },
  }
}
