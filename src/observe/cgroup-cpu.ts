/** How many cores a container's quota lets this process use (cgroups 1 and 2). */
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'

const MOUNT = '/sys/fs/cgroup'

/** Cores, of the tightest group that this process is in; null: no quota, or not known. */
export function readCpuQuota(read: (path: string) => string | null = readText): number | null {
  const groups = parseCpuGroups(read('/proc/self/cgroup') ?? '')
  const quotas = [
    ...ancestorsOf(groups.unified).map((path) => parseCpuMax(read(`${MOUNT}${path}/cpu.max`) ?? '')),
    ...ancestorsOf(groups.cpu).map((path) => {
      const folder = `${MOUNT}/cpu${path}`
      return parseCfs(read(`${folder}/cpu.cfs_quota_us`) ?? '', read(`${folder}/cpu.cfs_period_us`) ?? '')
    }),
  ].filter((quota) => quota !== null)
  return quotas.length === 0 ? null : Math.min(...quotas)
}

/** cpu.max of cgroups 2: `50000 100000` is half a core, `max 100000` no limit. */
export function parseCpuMax(text: string): number | null {
  const [quota = '', period = ''] = text.trim().split(/\s+/)
  return parseCfs(quota, period)
}

/** cpu.cfs_quota_us and cpu.cfs_period_us of cgroups 1; a quota of -1 is none. */
export function parseCfs(quota: string, period: string): number | null {
  const cores = /^\d+$/.test(quota.trim()) ? Number(quota) / Number(period) : Number.NaN
  return Number.isFinite(cores) && cores > 0 ? cores : null
}

/** From /proc/self/cgroup: the group in the unified tree, and in that of cgroups 1 for CPU. Null: in none. */
export function parseCpuGroups(text: string): { unified: string | null; cpu: string | null } {
  let [unified, cpu]: (string | null)[] = [null, null]
  for (const line of text.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (controllers === '') unified = path ?? null
    else if (controllers?.split(',').includes('cpu')) cpu = path ?? null
  }
  return { unified: unified ?? null, cpu: cpu ?? null }
}

/** A quota further up holds as well: `/a/b` is bound by those of `/a/b`, `/a` and the root (empty). */
function ancestorsOf(path: string | null): string[] {
  if (path === null) return []
  const paths: string[] = []
  for (let at = posix.normalize(path); at !== '/' && at !== '.'; at = posix.dirname(at)) paths.push(at)
  return [...paths, '']
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}
