/** The texts of `stress help TOPIC`, each to fit on one screen. */

const testTypes = `--test-type says what to find out; each is a set of defaults, which other
options replace. With -c N connections (100):

  throughput  how many messages a second does the server carry? 5 s
  storm       what happens when everyone connects at once?
  sustained   does it keep up over time? 1 message/s each, 60 s
  all         these three in turn
  broadcast   does everyone get what one sends, and when? 10 s
  push        does what the server promises come, on time? 10 s
  heartbeat   are pings answered, and who is dropped after how long? 2 min
  reconnect   all connections are cut: who is back when? 30 s
  leak        does the server keep something of connections that left? 20
              cycles each: closed cleanly, reset
  slow-consumer  what do clients that stop reading do to the others? 20 s
  idle        do silent connections stay, and what does each cost? 30 s
  capacity    how much can it take while the thresholds hold? 3 s a step

What a test found in the end is said in plain words (\`findings\` in the result).
`

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

With --baseline FILE… (and in stress compare) a sign makes it a change against
earlier runs: 'p99<+10%', 'messages_received:rate>-5%', 'server_rss<+20MB'; of
shares in percentage points: 'error_ratio<+0.1%'. A change that the noise of the
runs may explain counts as none; too much noise for the limit is no data.

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
Without a rate: generator-limited when our busiest thread is over 95 % busy, or
waits for a core over 20 % of the time (others use it, or the server shares it:
pin them apart with taskset), and the server has CPU to spare. A server that is
not started by this tool is seen with --server-pid when it runs here, elsewhere
with --server-metrics URL: its page of Prometheus metrics, or JSON
{ rssBytes, cpuSeconds, cores }.

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
  connection_lifetime  open - ended by the server or the network

Of a cut: reconnect_time (back - lost) reconnect_lag (attempt - due)
  return_ratio recovered_50 recovered_90 recovered_99 recovered_100
  reconnect_peak (attempts a second) reconnects_due reconnects
  reconnect_attempts reconnects_failed reconnects_given_up connections_cut

Of cycles (leak): leak_per_connection (bytes) descriptors_per_connection
  threads_per_connection connections_miscounted (with --count-url)

Of slow readers: slow_p99_before slow_p99_after (of the others' deliveries)
  slow_clients slow_dropped slow_dropped_after slow_messages_owed
  slow_kernel slow_memory (bytes for each)

Of our pings: ping_time (pong - due) ping_service_time (pong - sent) ping_lag
  ping_ratio pings_sent pongs_received pings_lost
Of clients that answer none: drop_time (since the first) missed_pongs

With an audience (broadcast, chats, rooms):
  delivery_time    a receiver has the message - due time
  last_delivery_time  the last of the audience has it - due time
  delivery_ratio (the reach) amplification (messages out for one in)
  deliveries_expected deliveries_received deliveries_lost deliveries_late
  messages_misrouted

Of pushes: first_push_time push_interval push_jitter push_ratio
  pushes_expected pushes_received pushes_missed, and of event streams
  keep_alives_received reconnects reconnect_time

Of flows: flow_time step_time{step=NAME} steps_failed{step=NAME} flow_success
  flows_due flows_started flows_completed flows_failed flows_skipped
  flows_unfinished messages_overflowed

Counters (count, rate):
  connections_attempted connections_opened connections_failed
  connections_closed messages_sent messages_received messages_lost
  messages_late messages_duplicated messages_reordered messages_unexpected
  messages_unsent messages_control pings_received pongs_sent bytes_sent
  bytes_received

Ratios: connect_success reply_ratio error_ratio pong_ratio
Gauges (peaks): server_rss server_cpu generator_rss generator_cpu, and of storms
  open_50 open_90 open_99 open_100: time until that share was open;
  server_rss_per_connection server_cpu_per_connection (CPU time a second)

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
dialect, match, pingInterval, ignorePings, reconnect, jitter, maxRetries, flow,
data, dataMode, var, flowTimeout:

  groups:
    - { name: chatty, connections: 10, messageRate: 20 }
    - { name: quiet, connections: 500, messageRate: 1/m }

Flags win over STRESS_* variables, those over the file. Mistakes are named with
line and column. The folder scenarios/ of the package has commented examples.
`

const flows = `A flow is a function of yours that says what each client does.

  stress flow.mjs ws://HOST/PATH -c 100        each of 100 clients does it once
  stress flow.ts URL -c 100 -m 10              ten times, one after the other
  stress flow.mjs URL -c 100 -d 1m             again and again for a minute
  stress flow.mjs URL -c 100 --rate 20/s -d 1m 20 flows begin each second, by
                                               the clock, at whoever is free

  export default async (client, context) => {
    await client.step('login', async () => {
      await client.send({ type: 'login', user: context.row.user })
      await client.expect({ '/type': 'welcome' }, { within: '2s' })
    })
    await client.think('1s', '3s')
  }

client   send(text | bytes | JSON)  expect(what, { within, next })  discard()
         think(time, upTo)  step(name, body)  ping()  close(code)
         expectClose()  reconnect()  isOpen
expect   a text that is in the message, a regular expression, bytes, JSON
         pointers with values ({ '/data/id': 7 }), or a function; gives back the
         message: text, bytes, json(), get('/data/id')
times    numbers are milliseconds; texts have a unit: '250ms', '2s'
context  client  clients  iteration  row (--data)  env (--var)  token  ending
         signal  random()

Metrics: flow_time (from the due time), step_time{step=login},
steps_failed{step=login}, flows_due flows_completed flows_failed flows_skipped
flows_unfinished flow_success. A flow that throws has failed; its connection is
then replaced. Flows under way at the end have --timeout to come to theirs.
Types: import type { Flow } from 'ws-stress'. --debug shows one client.
`

/** By the name that follows `stress help`. */
export const TOPICS: Readonly<Record<string, string>> = {
  'test-types': testTypes,
  thresholds,
  validity,
  'exit-codes': exitCodes,
  metrics,
  scenarios,
  flows,
}

const serve = `stress serve [NAME | all] [options]    runs a demo server until Ctrl-C
stress serve --list                    their names and addresses

      --port N           0 takes a free one (each has its own)
      --host H           address to listen on (127.0.0.1)
      --processes N      share the port, for more connections and cores (of
                         servers that keep nothing between clients: echo, …)
      --interval TIME    between pushes, or pings
      --pong-limit N     a client is dropped after N pings without a pong
      --jwt-secret S     of Momentum (or JWT_SECRET); else it makes one up

To misbehave on purpose; what was done is printed at the end:
      --drop P           1%: messages that a receiver does not get
      --duplicate P      and those that it gets twice
      --misroute P       and those that also go to another room (rooms)
      --delay TIME       every message waits so long
      --stall TIME       nothing is sent for so long, --stall-every TIME (10s)
      --idle-timeout TIME  a connection that says nothing for so long is cut
      --cut-after TIME   all are cut, so long after the first came
      --refuse TIME      and nobody is let in for so long after that
      --leak SIZE        of each connection so much memory is kept for ever
      --unbounded        a slow reader may have any number waiting (broadcast)
      --block-slow       everyone waits for the slowest (broadcast)
      --fault-log FILE   the counts as JSON

Each option is also a variable (--pong-limit: STRESS_PONG_LIMIT).
`

const verify = `stress verify [URL] [options]    checks a running server, then loads it a little

  stress verify                                  our own Momentum server
  stress verify --server-url http://HOST:8000 --jwt-secret S
  stress verify ws://HOST:9001 --dialect rooms --junit verify.xml

Without a URL a server of ours is started and verified.
  --dialect NAME        how the server speaks (momentum); stress serve --list
  --server-url URL      its HTTP side; --ws-url URL its WebSocket; one is enough
  --serve NAME          start ours: 'rooms --drop 1%'
  --jwt-secret S        signs tokens, good and bad (or JWT_SECRET)
  --token T|@FILE       ready-made, one a user, repeatable
  --skip-performance    only the checks
  --timeout TIME        for each check (2s)
  --interval TIME       of a server that speaks first and was told another
  --slow                also checks that take more than 11 s
  --tap, --no-tap       TAP or a list; default: TAP when stdout is no terminal
  --junit FILE          JUnit XML besides
  -H, --header 'K: V'   request header, repeatable
  -k, --insecure        accept any certificate
  --no-color            no colour (also NO_COLOR)

A check that cannot be done is skipped and says why; it does not fail.
Exit codes: 0 all passed, 99 a check failed, 3 not reachable, 2 usage. Each
option is also a variable (--skip-performance: STRESS_SKIP_PERFORMANCE).
`

const client = `stress client [URL] [options]        talk to a server, line by line
stress client --watch [URL] [options]  follow its /ws/stats and /ws/online

On a terminal: text WORDS, notification WORDS, json {...}, ping, help, quit; the
arrow keys recall. In a pipe each line is a command, and each message that comes
in is a line of the output: echo 'text hi' | stress client URL

      --dialect NAME     momentum or text, where a line that is no command is
                         sent as it stands. Default: momentum without a URL
                         (ws://127.0.0.1:8000/ws), and when its path ends in /ws
                         and a token, secret or user is given; else text
      --token T|@FILE    goes where {token} stands in the URL or a header, else
                         into the query as token=
      --jwt-secret S     mint a token (HS256). JWT_SECRET counts for a server on
                         this machine, or with --dialect momentum
      --username U       whom it is minted for (stress-client)
      --email E          (U@example.com)
      --no-auto-ping     no ping each 30 s
      --max-retries N    of a lost connection, after 1, 2, 4, 8, ... s (5)
      --wait TIME        in a pipe: the longest wait for answers at its end (1s)
      --subprotocol NAME offered, repeatable or a comma list
  -H, --header 'K: V'    request header, repeatable
  -k, --insecure         accept any certificate
      --no-color         no colour (also NO_COLOR)
      --interval TIME    with --watch: between two looks (5s)
      --ticks N          with --watch: end after so many

Ctrl-C and Ctrl-D end it with exit code 0. 3: it could not connect (any more);
2: a wrong option, or in a pipe a line that is no command. Each option is also a
variable (--max-retries: STRESS_MAX_RETRIES).
`

const doctor = `stress doctor [options of a run]    can this machine do that plan?

  stress doctor                          its limits, and what each allows
  stress doctor -c 25k                   holds a plan against them
  stress doctor ws://HOST/PATH -c 50k --connect-rate 2k/s
  stress doctor scenario.yaml
  stress doctor --measure                what its generator can do (15 s)

With a plan it tells what that needs, what there is, and the command that raises
a limit that is too low. Nothing is connected to. It looks at open files, local
ports (and those in use or in TIME_WAIT towards the target), the queues of a
server on this machine, a firewall's table, memory and cores, within the limits
of a container. Before every run the same is looked at: a warning goes to
stderr, and what cannot work is refused.

More connections than one process may open run on several processes, and to
127.0.0.0/8 from several addresses, by themselves.

      --measure    what one core can do: messages/s, the lowest latency it sees,
                   connections/s, memory a connection. Kept for this machine and
                   version, and compared with the rates of later plans
      --json       everything as one JSON document
      --no-color   no colour (also NO_COLOR)

Exit codes: 0 nothing stands in the way (warnings may), 2 the plan cannot work
here or is mistaken, 3 the floor could not be measured.
`

const report = `stress report RESULT… [options]    saved results once more

  stress report result.json                      as the run printed it
  stress report result.json -o report.txt        and into a file
  stress … --json | stress report -              from a pipe
  stress report result.json --threshold 'p99<50ms'
  stress report monday.json tuesday.json         side by side
  stress report m1.json m2.json --merge          two generators of one run

Reads what stress run wrote with -o FILE.json or --json, also of earlier
versions; - is standard input.

  -o, --output FILE      its ending names the format, or FORMAT=FILE; - is
                         standard output. Repeatable
      --threshold EXPR   held against the result in place of those of the run;
                         repeatable (stress help thresholds)
      --require-valid    exit 4 unless valid (on with a threshold)
      --merge            they are parts of one run: generators that did the same
                         plan at the same time, added up
      --json             JSON on stdout (-o json=-)
      --full             every table
  -q, --quiet            one line
      --no-color         no colour (also NO_COLOR)

Exit codes: 0 the report was made, whatever it says. The verdict of the result
(stress help exit-codes) with --threshold, --require-valid or --merge, and
through a pipe, where the shell forgets that of the run. 2 a file is no result.
Each option is also a variable (--threshold: STRESS_THRESHOLD).
`

const compare = `stress compare BASE.json… -- RUN.json…    is this worse than before?
stress compare BASE.json RUN.json         one run a side tells little
stress compare --runs 10 --base 'CMD' --head 'CMD' [URL and options of a run]

The first form compares saved results (stress run -o FILE.json), the last makes
them: it starts the two servers in turn (ABBA…) and runs the same plan against
each, which is the fairest there is. Always give it a --rate.

  stress compare base-*.json -- run-*.json --threshold 'p99<+10%'
  stress compare --base 'node old.js' --head 'node new.js' \\
    ws://127.0.0.1:9001 --rate 1k/s -d 10s --fail-on-worse

Each figure's change has an interval over runs of 99 % or more and a finding:
same (all of it within the margin), better or worse (all of it on one side),
cannot tell.
From 6 runs a side on by ranks, below that by Welch's t of logarithms. Sets that
were not made in turn must differ by more than the margin.

      --margin 5%        changes within it count as none
      --metric NAME      more figures: 'response_time:p(99.9)'; repeatable
      --threshold EXPR   'p99<+10%', 'messages_received:rate>-5%', as in a run
      --fail-on-worse    exit 99 when a figure is worse
      --anyway           compare what is not comparable, and say so
      --require-valid    exit 4 when a run is not valid
  -o, --output FILE      report.json, .md, .html, .txt, json=-; repeatable
      --json --quiet --no-color    as in a run

Of two servers:
      --base CMD --head CMD              lines for the shell
      --base-url URL --head-url URL      where they have not the same address
      --runs 10          of each
      --keep DIR         keeps every run's result

Exit codes: 0 compared, 99 a threshold failed or has no data (or worse, with
--fail-on-worse), 4 not valid, 3 a server did not run, 2 not comparable.
`

const importText = `stress import har FILE [options]    a flow from what a browser recorded

  stress import har recording.har -o flow.mjs
  stress import har recording.har --list
  stress import har recording.har --url /chat --think max=2s -o chat.mjs

In Chromium or Chrome: developer tools, Network, use the page, "Export HAR (with
sensitive data)". Firefox leaves the messages out. What comes out is to be read
and edited: each message that was sent is a step, with the think time before it,
and waits for what answered it. Ids and times of day are made anew; tokens and
passwords are not in it, but come from --token and --var.

  -o, --output FILE      where to write it; default: standard output
      --force            over a file that is there
      --list             the WebSockets of the file
      --url PART         the one with this in its address
      --index N          the one with this number
      --think HOW        recorded, none, max=TIME (max=10s)
      --expect WHAT      replies (to what was sent), all, none (replies)
      --keep-secrets     write them into the file

Each option is also a variable (--keep-secrets: STRESS_KEEP_SECRETS). Exit code
2: no HAR, or one that does not say which WebSocket.
`

const completion = `stress completion [bash | zsh | fish]    prints a script for the shell

  source <(stress completion)                       for this session
  echo 'source <(stress completion)' >> ~/.bashrc   for good; so in ~/.zshrc
  stress completion fish > ~/.config/fish/completions/stress.fish

Without a name it is for the shell in $SHELL. Then Tab completes commands,
options, test types, dialects, demo servers, metrics behind --threshold, topics
of help, and scenario files. The program must be in the PATH, as after
npm install --global, or as ./node_modules/.bin is.
`

/** By the name of the command: `stress help COMMAND`, `stress COMMAND --help`. */
export const COMMAND_TEXTS: Readonly<Record<string, string>> = {
  serve,
  verify,
  client,
  doctor,
  report,
  compare,
  import: importText,
  completion,
}

/** All that `stress help` knows a text for. */
export const TOPIC_NAMES: readonly string[] = [
  ...Object.keys(TOPICS),
  'options',
  ...Object.keys(COMMAND_TEXTS),
]
