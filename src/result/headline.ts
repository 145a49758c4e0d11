/** Which test and which distribution stand for a whole run: in the summary, the headline and short thresholds. */

/** Index of the headline test: the first throughput test when there is one, else the first; -1 without tests. */
export function headlineIndex(tests: readonly { readonly testType: string }[]): number {
  const throughput = tests.findIndex((test) => test.testType === 'throughput')
  return throughput === -1 ? Math.min(0, tests.length - 1) : throughput
}

/** The trend a test type is about: time to connect for a storm, response time for everything else. */
export function headlineTrend(testType: string): 'connect_time' | 'response_time' {
  return testType === 'storm' ? 'connect_time' : 'response_time'
}
