import { busiestThreadPercent, cpuPercent } from './cpu-percent.ts'
import { parseStatusBytes } from './proc-text.ts'
import {
  createProcessSampler,
  type ProcessSample,
  readAffinityCores,
  shareOneCore,
} from './process-sampler.ts'
import { readProc } from './process-tree.ts'
import type { MetricsSample, ServerMetrics } from './server-metrics.ts'
import type { MetricsWarning } from './server-metrics-warnings.ts'

/** Memory and CPU on both sides at one moment. Per cent is of one core, since the sample before. */
export interface ResourceSample {
  readonly atUs: number
  readonly generatorRssBytes: number
  /** The greatest since this process began. */
  readonly generatorRssPeakBytes: number
  readonly generatorCpuPercent: number | null
  /** Null on the server's side: not visible, or ended. */
  readonly serverRssBytes: number | null
  readonly serverCpuPercent: number | null
  /** Over at least a second. */
  readonly serverBusiestThreadPercent: number | null
}

/** What a server holds at one moment; null: not visible. */
export interface ServerLook {
  /** With `--server-metrics` written once the page has told it. */
  rssBytes: number | null
  readonly descriptors: number | null
  readonly threads: number | null
}

/** Further processes of the generator, in all; they tell it themselves. */
export interface GeneratorForks {
  readonly rssBytes: number
  /** Since they began. */
  readonly cpuUs: number
}

export interface ResourceSampler {
  /** `forks`: absent when all of the generator is this process. */
  sample(forks?: GeneratorForks): ResourceSample
  /**
   * The same for a moment that counts (idle, all connected, after), to be read when the test is over: with
   * `--server-metrics` the server's memory of that moment is written into it once it has come.
   */
  sampleMoment(forks?: GeneratorForks): ResourceSample
  /** The server as it stands, apart from the samples. */
  look(): ServerLook
  /** What `--server-metrics` met since this was called last; none without it. */
  takeWarnings(): readonly MetricsWarning[]
  /** False without a pid, without such a process, and elsewhere than on Linux. */
  readonly serverVisible: boolean
  /** Cores that the server may run on. */
  readonly serverCores: number | null
  /** The server may only run on the one core on which this process, too, may only run. */
  readonly onOneCore: boolean
}

export interface ResourceSamplerOptions {
  readonly serverPid: number | null
  /** Add up all processes below `serverPid`. */
  readonly tree: boolean
  /** Of a server elsewhere, instead of `serverPid`. */
  readonly serverMetrics?: ServerMetrics | null
  readonly nowUs: () => number
}

/** Samples this process and the server's when it is asked to, about once a second; the first window begins here. */
export function createResourceSampler(options: ResourceSamplerOptions): ResourceSampler {
  const { serverPid, tree, serverMetrics = null, nowUs } = options
  const server = serverPid === null ? null : createProcessSampler(serverPid, { nowUs, tree })
  const first = server?.sample() ?? null
  const serverHistory: ProcessSample[] = first === null ? [] : [first]
  const ownCores = serverPid === null ? null : readAffinityCores(serverPid)
  let generatorBefore = readGeneratorCpu(nowUs())
  // So that the first sample of this test finds a reading of its own time.
  serverMetrics?.sample()
  serverMetrics?.takeWarnings()

  function sampleGenerator(forks: GeneratorForks = NO_FORKS): Omit<ResourceSample, keyof ServerFields> {
    const atUs = nowUs()
    const own = readGeneratorCpu(atUs)
    const generator = { atUs, cpuUs: own.cpuUs + forks.cpuUs }
    const generatorCpuPercent = cpuPercent(generatorBefore, generator)
    generatorBefore = generator
    return {
      atUs,
      generatorRssBytes: readGeneratorRss() + forks.rssBytes,
      generatorRssPeakBytes: readGeneratorPeak() + forks.rssBytes,
      generatorCpuPercent,
    }
  }

  function sample(forks?: GeneratorForks): ResourceSample {
    const seen =
      serverMetrics === null
        ? compareWithHistory(serverHistory, server?.sample() ?? null)
        : describePage(serverMetrics.sample())
    return { ...sampleGenerator(forks), ...seen }
  }

  return {
    serverVisible: first !== null || serverMetrics !== null,
    get serverCores() {
      return serverMetrics === null ? ownCores : serverMetrics.cores
    },
    onOneCore: serverPid !== null && serverMetrics === null && shareOneCore(process.pid, serverPid),
    sample,
    sampleMoment(forks) {
      if (serverMetrics === null) return sample(forks)
      const rssBytes = serverMetrics.readMoment((known) => {
        moment.serverRssBytes = known
      })
      const moment = { ...sampleGenerator(forks), ...describePage({ rssBytes, cpuPercent: null }) }
      return moment
    },
    look() {
      if (serverMetrics !== null) {
        const look: ServerLook = { rssBytes: null, descriptors: null, threads: null }
        look.rssBytes = serverMetrics.readMoment((known) => {
          look.rssBytes = known
        })
        return look
      }
      const seen = server?.sample() ?? null
      return {
        rssBytes: seen?.rssBytes ?? null,
        descriptors: seen?.fds ?? null,
        threads: seen?.threads.length ?? null,
      }
    },
    takeWarnings: () => serverMetrics?.takeWarnings() ?? [],
  }
}

const NO_FORKS: GeneratorForks = { rssBytes: 0, cpuUs: 0 }

interface ServerFields {
  serverRssBytes: number | null
  readonly serverCpuPercent: number | null
  readonly serverBusiestThreadPercent: number | null
}

/** Which thread is busy, a page of metrics does not say. */
function describePage({ rssBytes, cpuPercent }: MetricsSample): ServerFields {
  return { serverRssBytes: rssBytes, serverCpuPercent: cpuPercent, serverBusiestThreadPercent: null }
}

const HISTORY_US = 1_000_000

/** Appends `now` to `history` and keeps of what is older only what a window of a second needs. */
function compareWithHistory(history: ProcessSample[], now: ProcessSample | null): ServerFields {
  if (now === null) {
    return { serverRssBytes: null, serverCpuPercent: null, serverBusiestThreadPercent: null }
  }
  const before = history.at(-1)
  // A timer that fires at 0.999 s must not cost a second's figure: then the window reaches one sample further back.
  const start = history.findLastIndex((sample) => now.atUs - sample.atUs >= HISTORY_US)
  const secondAgo = history[start]
  if (start > 0) history.splice(0, start)
  history.push(now)
  return {
    serverRssBytes: now.rssBytes,
    serverCpuPercent: before === undefined ? null : cpuPercent(before, now),
    serverBusiestThreadPercent: secondAgo === undefined ? null : busiestThreadPercent(secondAgo, now),
  }
}

/** All threads of this process: workers, garbage collection, compilation. */
function readGeneratorCpu(atUs: number): { atUs: number; cpuUs: number } {
  const { user, system } = process.cpuUsage()
  return { atUs, cpuUs: user + system }
}

/** The reading opens a file, which fails when connections have taken every descriptor: then the peak stands in. */
function readGeneratorRss(): number {
  try {
    return process.memoryUsage.rss()
  } catch {
    return process.resourceUsage().maxRSS * 1024
  }
}

/** VmHWM first: getrusage's maximum survives exec and so may be that of the process which started this one. */
function readGeneratorPeak(): number {
  const rssBytes = readGeneratorRss()
  const peak = parseStatusBytes(readProc('self/status') ?? '', 'VmHWM')
  return Math.max(rssBytes, peak ?? process.resourceUsage().maxRSS * 1024)
}
