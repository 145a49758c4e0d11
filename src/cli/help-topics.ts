/** The texts of `stress help TOPIC`, each to fit on one screen. */

const thresholds = `A threshold is one condition. A run that fails one exits with 99.

  [test/]metric[:aggregation] op value

  p99<50ms                            P99 of response time, of the headline test
  response_time:p(99.9)<200ms         the same with any percentile
  sustained/response_time:max<1s      only in one test of --test-type all
  error_ratio<1%                      a ratio
  connections_failed:count==0         a counter
  server_rss<200MB                    a gauge

Aggregations: p(N) avg min med max for trends, count and rate for counters,
value for ratios and gauges (may be left out). Operators: < <= > >= == !=. Times
need a unit.

A metric without data fails: nothing measured is no success. Lost messages rank
above every reply, so a percentile that falls among them fails. A percentile
that the plan cannot fill (P99 needs 100 samples) is refused before the run.

--threshold is repeatable; --abort-on-fail ends the run at the first that fails.
A run with thresholds must also be valid (stress help validity).
`

const validity = `Every test says whether its figures can be believed.

  valid              the figures describe the server
  generator-limited  this machine could not send or read fast enough: the
                     server may well do better than the figures
  invalid            this machine spoiled the run (out of files, ports, memory)

With a rate: generator-limited when under 99 % of the due messages were sent, or
when the pacer lag (send - due) is a large part of the response time.
Without a rate: generator-limited when our busiest thread is over 95 % busy and
the server has CPU to spare. A server on another machine cannot be seen: use
--rate, or --server-pid when it runs here.

With --require-valid or any threshold, a run that is not valid exits with 4.
Against a limited generator: fewer connections, a lower --rate, more --workers.
`

const exitCodes = `The first that applies:

  2    wrong option or scenario; nothing was started
  130  interrupted (143: terminated); the report was written
  1    a bug or an unexpected error
  3    the target could not be reached, or the run could not be completed
  4    not valid, and validity was asked for (on by itself with a threshold)
  99   a threshold failed or had no data
  0    passed
`

const metrics = `Trends (times; p(N) avg min med max):
  response_time    reply - due time: what a user waits; equals service_time
                   without a rate
  service_time     reply - actual send
  pacer_lag        actual send - due: our own lateness (only with a rate)
  connect_time     upgraded - due time of the attempt
  connect_lag      attempt - due: our queue under --connect-concurrency
  connect_attempt  upgraded - attempt; its parts: connect_tcp connect_tls
                   connect_upgrade

Counters (count, rate):
  connections_attempted connections_opened connections_failed
  connections_closed messages_sent messages_received messages_lost
  messages_late messages_duplicated messages_reordered messages_unexpected
  messages_unsent bytes_sent bytes_received

Ratios: connect_success reply_ratio error_ratio
Gauges (peaks): server_rss server_cpu generator_rss generator_cpu, and of storms
  open_50 open_90 open_99 open_100: time until that share was open

A reply after --timeout is lost. What was not measured is null, never 0.
`

const scenarios = `A scenario is a YAML file with the long options as keys: stress storm.yaml

  url: ws://127.0.0.1:9001      # none: the demo server
  testType: sustained
  duration: 5m
  rate:                         # or 1k/s, or 100..1000/s
    from: 0
    stages:
      - { to: 1k/s, over: 30s }
      - { to: 1k/s, over: 4m }
  headers:
    Origin: http://localhost
  payload: '@message.json'      # from the folder of this file
  thresholds:
    - response_time:p(99)<50ms
    - error_ratio<0.1%
  command: [node, server.js]    # starts the server; then url is needed

Clients that differ are groups, each with its own connections, messages,
duration, rate, messageRate, arrival, inFlight, size, payload, onOpen, binary,
dialect, match:

  groups:
    - { name: chatty, connections: 10, messageRate: 20 }
    - { name: quiet, connections: 500, messageRate: 1/m }

Flags win over STRESS_* variables, those over the file. Mistakes are named with
line and column. The folder scenarios/ of the package has commented examples.
`

/** By the name that follows `stress help`. */
export const TOPICS: Readonly<Record<string, string>> = {
  thresholds,
  validity,
  'exit-codes': exitCodes,
  metrics,
  scenarios,
}
