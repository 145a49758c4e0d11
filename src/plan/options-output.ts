/** Options that say when a run passes, and what is written. */
import { listOption, switchOption, valueOption } from './option.ts'
import { parseFileName, parseMetricsAddress, parseOutput, parseThresholdText } from './option-parsers.ts'

export const OUTPUT_OPTIONS = {
  threshold: listOption({
    group: 'Verdict',
    metavar: 'EXPR',
    plural: 'thresholds',
    help: "such as 'p99<50ms'; repeatable, exit 99",
    accepted: '[test/]metric[:aggregation] op value',
    example: "--threshold 'p99<50ms'",
    parse: parseThresholdText,
  }),
  baseline: listOption({
    group: 'Verdict',
    metavar: 'FILE',
    plural: 'baselines',
    help: "saved results, for 'p99<+10%'; repeatable",
    accepted: 'a result that stress run wrote with -o FILE.json',
    example: '--baseline base.json',
    parse: parseFileName,
  }),
  anyway: switchOption({ group: 'Verdict', help: 'with a baseline that is not comparable, too' }),
  abortOnFail: switchOption({ group: 'Verdict', help: 'stop when a threshold has failed' }),
  requireValid: switchOption({ group: 'Verdict', help: 'exit 4 unless valid (on with a threshold)' }),
  output: listOption({
    group: 'Output',
    alias: 'o',
    metavar: 'FILE',
    plural: 'outputs',
    help: 'by ending: json html md xml csv hlog prom txt',
    accepted:
      'a file ending in .json, .html, .md, .xml, .csv, .hlog, .prom or .txt, or FORMAT=FILE; - is standard output',
    example: '-o report.json',
    parse: parseOutput,
  }),
  metricsPort: valueOption({
    group: 'Output',
    metavar: '[HOST:]PORT',
    help: 'metrics for Prometheus while it runs; 0: free',
    accepted: '0 (a free one) to 65535 on 127.0.0.1, or HOST:PORT',
    example: '--metrics-port 9464',
    parse: parseMetricsAddress,
  }),
  json: switchOption({ group: 'Output', help: 'JSON on stdout (-o json=-)' }),
  full: switchOption({ group: 'Output', help: 'all tables, percentile bars, sparklines' }),
  quiet: switchOption({ group: 'Output', alias: 'q', help: 'one line' }),
  noProgress: switchOption({ group: 'Output', help: 'no live view' }),
  noColor: switchOption({ group: 'Output', help: 'no colour (also NO_COLOR)' }),
  dryRun: switchOption({ group: 'Output', help: 'show the plan, start nothing' }),
  debug: switchOption({ group: 'Output', help: 'one connection, frames shown' }),
}
