import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseServerMetrics, type ServerFigures } from '../../src/observe/server-metrics-text.ts'

const NOTHING: ServerFigures = {
  rssBytes: null,
  cpuUs: null,
  cpuPercent: null,
  cores: null,
  startedAtSec: null,
}

/** What pages of these libraries look like, shortened. */
const PAGES: readonly (readonly [library: string, page: string, figures: Partial<ServerFigures>])[] = [
  [
    'prom-client (Node)',
    `# HELP process_cpu_user_seconds_total Total user CPU time spent in seconds.
# TYPE process_cpu_user_seconds_total counter
process_cpu_user_seconds_total 1.25

# HELP process_cpu_system_seconds_total Total system CPU time spent in seconds.
process_cpu_system_seconds_total 0.5
process_cpu_seconds_total 1.75
process_start_time_seconds 1700000000
process_resident_memory_bytes 50331648
nodejs_heap_size_total_bytes 20000000
nodejs_version_info{version="v20.19.0",major="20",minor="19",patch="0"} 1
`,
    { rssBytes: 50_331_648, cpuUs: 1_750_000, startedAtSec: 1_700_000_000 },
  ],
  [
    'only user and system time',
    'process_cpu_user_seconds_total 1.25\nprocess_cpu_system_seconds_total 0.5\n',
    { cpuUs: 1_750_000 },
  ],
  [
    'only user time, which is not all',
    'process_cpu_user_seconds_total 1\nprocess_resident_memory_bytes 5\n',
    { rssBytes: 5 },
  ],
  [
    'client_golang, with numbers in e-notation and a histogram beside',
    `# HELP go_gc_duration_seconds A summary of the wall-time pause.
# TYPE go_gc_duration_seconds summary
go_gc_duration_seconds{quantile="0"} 2.1e-05
go_sched_gomaxprocs_threads 8
# TYPE http_seconds histogram
http_seconds_bucket{le="+Inf"} 144320
process_cpu_seconds_total 12.5
process_resident_memory_bytes 2.7648e+07
process_start_time_seconds 1.70000000025e+09
`,
    { rssBytes: 27_648_000, cpuUs: 12_500_000, cores: 8, startedAtSec: 1_700_000_000.25 },
  ],
  [
    'client_golang with a namespace, which the Go metrics do not get',
    'go_sched_gomaxprocs_threads 4\nshop_process_cpu_seconds_total 2\nshop_process_resident_memory_bytes 4096\n',
    { rssBytes: 4096, cpuUs: 2_000_000, cores: 4 },
  ],
  [
    'prom-client with a prefix of two words',
    'my_app_process_cpu_seconds_total 2\nmy_app_process_resident_memory_bytes 4096\n',
    { rssBytes: 4096, cpuUs: 2_000_000 },
  ],
  [
    'a plain name before one with a prefix',
    'process_cpu_seconds_total 2\nold_process_cpu_seconds_total 9\n',
    { cpuUs: 2_000_000 },
  ],
  [
    'Micrometer (Spring Boot): a comma before the brace, a JVM whose heap is not its memory',
    `# TYPE jvm_memory_used_bytes gauge
jvm_memory_used_bytes{area="heap",id="G1 Eden Space",} 4.5E7
system_cpu_count 4.0
process_cpu_usage 0.25
process_start_time_seconds 1.7E9
`,
    { cpuPercent: 100, cores: 4, startedAtSec: 1.7e9 },
  ],
  [
    'Micrometer with the CPU time',
    'system_cpu_count 4.0\nprocess_cpu_usage 0.25\nprocess_cpu_time_ns_total 1.5E9\n',
    { cpuUs: 1_500_000, cpuPercent: 100, cores: 4 },
  ],
  [
    'Micrometer without the cores',
    'process_cpu_usage 0.25\nprocess_resident_memory_bytes 5\n',
    { rssBytes: 5 },
  ],
  [
    'Micrometer before its first look',
    'process_cpu_usage NaN\nprocess_resident_memory_bytes 5\nsystem_cpu_count 2\n',
    { rssBytes: 5, cores: 2 },
  ],
  [
    'Python',
    'process_virtual_memory_bytes 1e+09\nprocess_resident_memory_bytes 3.2768e+07\nprocess_cpu_seconds_total 0.33\n',
    { rssBytes: 32_768_000, cpuUs: 330_000 },
  ],
  [
    'prometheus-net',
    'process_cpu_seconds_total 3\nprocess_working_set_bytes 1000\nprocess_private_memory_bytes 2000\n',
    { rssBytes: 1000, cpuUs: 3_000_000 },
  ],
  [
    'OpenTelemetry (.NET): user and system time are labels',
    `dotnet_process_cpu_time_seconds_total{otel_scope_name="System.Runtime",cpu_mode="user"} 2 1700000000000
dotnet_process_cpu_time_seconds_total{otel_scope_name="System.Runtime",cpu_mode="system"} 0.5 1700000000000
dotnet_process_memory_working_set_bytes{otel_scope_name="System.Runtime"} 4096 1700000000000
dotnet_process_cpu_count{otel_scope_name="System.Runtime"} 2 1700000000000
`,
    { rssBytes: 4096, cpuUs: 2_500_000, cores: 2 },
  ],
  ['OpenTelemetry (JVM)', 'jvm_cpu_time_seconds_total 7\njvm_cpu_count 3\n', { cpuUs: 7_000_000, cores: 3 }],
  [
    'OpenMetrics: an exemplar, a created time, an end',
    `# TYPE process_cpu_seconds counter
process_cpu_seconds_total 4.5 # {trace_id="abc 9"} 0.1 1700000000.1
process_cpu_seconds_created 1.7e9
# EOF
`,
    { cpuUs: 4_500_000 },
  ],
  [
    'several processes on one machine: sums, but the same cores',
    `process_cpu_seconds_total{pid="1"} 1
process_cpu_seconds_total{pid="2"} 2
process_resident_memory_bytes{pid="1"} 100
process_resident_memory_bytes{pid="2"} 200
system_cpu_count{pid="1"} 4
system_cpu_count{pid="2"} 4
`,
    { rssBytes: 300, cpuUs: 3_000_000, cores: 4 },
  ],
  [
    'labels with everything that may stand in quotes',
    'process_cpu_seconds_total{path="C:\\\\a",say="\\"hi\\" } 99\\n",u="é{"} 6\nprocess_resident_memory_bytes { a = "b" }  7 \r\n',
    { rssBytes: 7, cpuUs: 6_000_000 },
  ],
  [
    'values that cannot be',
    'process_resident_memory_bytes -1\nprocess_cpu_seconds_total 1\n',
    { cpuUs: 1_000_000 },
  ],
  [
    'the small JSON set, with a time',
    '{ "rssBytes": 1000, "cpuSeconds": 1.5, "cores": 2, "version": "1" }',
    { rssBytes: 1000, cpuUs: 1_500_000, cores: 2 },
  ],
  [
    'the small JSON set, with a share',
    ' {"rssBytes":1000,"cpuPercent":150}',
    { rssBytes: 1000, cpuPercent: 150 },
  ],
  [
    "Node's own: process.memoryUsage() and process.cpuUsage()",
    '{"memory":{"rss":1000,"heapTotal":5},"cpu":{"user":1500,"system":500}}',
    { rssBytes: 1000, cpuUs: 2000 },
  ],
]

describe('parseServerMetrics', () => {
  test.each(PAGES)('%s', (_, page, figures) => {
    expect(parseServerMetrics(page)).toEqual({ ok: true, figures: { ...NOTHING, ...figures } })
  })

  test.each([
    ['', 'an empty page'],
    ['<!doctype html><html>secret</html>', 'HTML or XML'],
    ['up 1\nsecret_total 2\n', 'a text of other metrics'],
    ['hello, secret!', 'text'],
    ['{"secret":1}', 'JSON'],
    ['[]', 'JSON'],
    ['{"rssBytes":"1000","cpuSeconds":null}', 'JSON'],
    ['{"rssBytes":1e999}', 'JSON'],
    ['{"__proto__":{"rssBytes":5}}', 'JSON'],
    ['\u0000\u0001\u0002', 'binary data'],
    ['a_process_cpu_seconds_total 1\nb_process_cpu_seconds_total 2\n', 'a text of other metrics'],
    // A summary that starts alike, a unit that is not there, a value that is none.
    ['process_cpu_seconds_total_sum 1\nprocess_cpu_seconds_total x\n', 'a text of other metrics'],
    ['system_cpu_count 4\nprocess_start_time_seconds 5\n', 'a text of other metrics'],
  ])('of %j says what it is, and nothing of its text', (page, kind) => {
    const parsed = parseServerMetrics(page)
    expect(parsed.ok ? parsed : parsed.problem).toBe(
      `${kind} without process_resident_memory_bytes and process_cpu_seconds_total (Prometheus), or rssBytes and cpuSeconds (JSON)`,
    )
  })

  test('finds our samples among any others, whatever these hold', () => {
    const noise = fc.array(fc.string().map((text) => `other{x="${text.replaceAll(/["\\\r\n]/g, '')}"} 1`))
    const lines = fc.tuple(noise, noise).map(([before, after]) => {
      return [...before, 'process_cpu_seconds_total{a="}"} 2', ...after].join('\n')
    })
    fc.assert(
      fc.property(lines, (page) => {
        expect(parseServerMetrics(page)).toEqual({ ok: true, figures: { ...NOTHING, cpuUs: 2_000_000 } })
      }),
    )
  })

  test('any text at all is read without an exception', () => {
    const pieces = fc.constantFrom(
      'process_cpu_seconds_total',
      '{',
      '}',
      '"',
      '\\',
      '\n',
      '#',
      ' ',
      '1',
      '[',
      ',',
      '=',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        expect(typeof parseServerMetrics(parts.join('')).ok).toBe('boolean')
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['an endless label', `process_cpu_seconds_total{a="${'x'.repeat(1e6)}`],
    ['quotes without end', `process_cpu_seconds_total{${'"a"'.repeat(3e5)}`],
    ['one name a megabyte long', `${'a_'.repeat(5e5)}process_cpu_seconds_total 1`],
    ['braces only', '{'.repeat(1e6)],
  ])('%s is passed over', (_, line) => {
    expect(parseServerMetrics(`${line}\nprocess_cpu_seconds_total 3\n`)).toEqual({
      ok: true,
      figures: { ...NOTHING, cpuUs: 3_000_000 },
    })
  })
})
