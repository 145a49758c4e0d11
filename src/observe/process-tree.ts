import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { parseIds, parseListeningInodes, parseStat } from './proc-text.ts'

/** Text of a /proc file; null when the process is gone, belongs to someone else, or there is no /proc (not Linux). */
export function readProc(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, 'latin1')
  } catch {
    return null
  }
}

/** Names in a /proc directory; empty when it cannot be read. */
export function listProc(path: string): string[] {
  try {
    return readdirSync(`/proc/${path}`)
  } catch {
    return []
  }
}

/** `pid` and every process below it, nearest first. Elsewhere than on Linux just `pid`. */
export function listTree(pid: number): number[] {
  const tree = [pid]
  // The list grows while it is walked: children of children are found in their turn.
  for (const member of tree) tree.push(...listChildren(member))
  return tree
}

function listChildren(pid: number): number[] {
  const children: number[] = []
  for (const tid of listProc(`${pid}/task`)) {
    const text = readProc(`${pid}/task/${tid}/children`)
    // Kernels without CONFIG_PROC_CHILDREN: look at every process's parent instead.
    if (text === null && readProc(`${pid}/stat`) !== null) return scanForChildren(pid)
    children.push(...parseIds(text ?? ''))
  }
  return children
}

function scanForChildren(pid: number): number[] {
  return listProc('.')
    .filter((name) => /^\d+$/.test(name) && parseStat(readProc(`${name}/stat`) ?? '')?.parentPid === pid)
    .map(Number)
}

/**
 * The process of `root`'s tree that listens on `port`, nearest to the root first, so that of `npm start` the server is
 * measured and of a cluster its primary. Null when none is seen (not Linux, not permitted, not listening).
 */
export function findListener(root: number, port: number): number | null {
  const inodes = ['net/tcp', 'net/tcp6'].flatMap((path) => parseListeningInodes(readProc(path) ?? '', port))
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`))
  return listTree(root).find((pid) => holdsOne(pid, sockets)) ?? null
}

function holdsOne(pid: number, sockets: ReadonlySet<string>): boolean {
  return listProc(`${pid}/fd`).some((fd) => {
    try {
      return sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`))
    } catch {
      return false
    }
  })
}
