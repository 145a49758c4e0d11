import type { Progress } from '../../../src/result/progress.ts'

/** In the hold of a closed test, the first of three. */
export function makeProgress(over: Partial<Progress> = {}): Progress {
  return {
    test: 'throughput',
    testNumber: 1,
    testCount: 3,
    phase: 'hold',
    phaseElapsedUs: 3_100_000,
    phaseDurationUs: 5_000_000,
    phaseShare: 0.62,
    phaseLeftUs: 1_900_000,
    runLeftUs: 21_900_000,
    connectionsTotal: 1000,
    connectionsOpen: 998,
    connectionsFailed: 2,
    openedPerSec: 0,
    sentPerSec: 38_400,
    receivedPerSec: 38_400,
    receivedKind: 'replies',
    isSending: true,
    latencyMetric: 'response_time',
    latencyTimeoutUs: 5_000_000,
    currentP50Us: 2_400,
    currentP99Us: 3_900,
    currentMaxUs: 8_800,
    p50Us: 2_500,
    p50Mark: 'ok',
    p99Us: 4_100,
    p99Mark: 'ok',
    pacerLagP99Us: null,
    isOpen: false,
    recent: [
      { receivedPerSec: 20_000, p99Us: 4_400 },
      { receivedPerSec: 40_000, p99Us: 2_200 },
    ],
    errors: 2,
    errorClasses: [{ class: 'refused', count: 2 }],
    serverCpuPercent: 99,
    serverRssBytes: 57_000_000,
    generatorBusy: 0.61,
    generatorCpuPercent: 70,
    generatorRssBytes: 72_000_000,
    validity: {
      state: 'valid',
      limitedBy: 'server',
      reasons: [{ code: 'server-cpu', message: 'the server used 99 %: it does more', value: 99, limit: 90 }],
    },
    ...over,
  }
}

/** With a rate, in the last test. */
export function makeOpenProgress(over: Partial<Progress> = {}): Progress {
  return makeProgress({
    test: 'sustained',
    testNumber: 3,
    isOpen: true,
    currentP99Us: null,
    pacerLagP99Us: 252,
    runLeftUs: 1_900_000,
    ...over,
  })
}

export function makeConnectProgress(over: Partial<Progress> = {}): Progress {
  return makeProgress({
    test: 'storm',
    testNumber: 2,
    phase: 'connect',
    phaseElapsedUs: 1_240_000,
    phaseDurationUs: null,
    phaseShare: 0.412,
    phaseLeftUs: 1_770_000,
    runLeftUs: null,
    connectionsOpen: 400,
    connectionsFailed: 12,
    openedPerSec: 1240,
    sentPerSec: 0,
    receivedPerSec: 0,
    latencyMetric: 'connect_time',
    latencyTimeoutUs: 10_000_000,
    currentP50Us: null,
    currentP99Us: null,
    currentMaxUs: null,
    p99Us: null,
    p99Mark: 'timeout',
    recent: [],
    errors: 12,
    validity: null,
    ...over,
  })
}
