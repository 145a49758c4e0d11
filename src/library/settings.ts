/** What a run can be asked for in code: the keys of a scenario file, with numbers and booleans where they are natural. */
import type { Dialect } from '../dialects/dialect.ts'
import type { TestChoice } from '../plan/option-parsers.ts'

/** `100`, or as on the command line: `'10k'`, `'1m'`. */
export type Count = number | string
/** A number is seconds; as a text `'250ms'`, `'30s'`, `'5m'`, `'1h30m'`. */
export type Time = number | string
/** A number is bytes; as a text `'4kB'`, `'1KiB'`. */
export type Size = number | string
/** A number is messages (or connections) a second; as a text `'1k/s'`, `'60/m'`, `'0..1k/s over 10s, 1k/s over 50s'`. */
export type Rate = number | string

/** A rate that changes: from `from` (0) in a straight line to each stage's `to`. */
export interface RateStages {
  readonly from?: Rate
  readonly stages: readonly { readonly to: Rate; readonly over: Time }[]
}

/** What a group of virtual clients may have for itself. */
export interface GroupSettings {
  /** Of connections; in a group it has to be said. */
  readonly connections?: Count
  /** Messages of each connection, instead of a time. */
  readonly messages?: Count
  /** Length of the load. Default: 5 s; `sustained` 60 s. */
  readonly duration?: Time
  /** Messages a second of all connections together, on schedule. */
  readonly rate?: Rate | RateStages
  /** Messages a second of each connection, on schedule. */
  readonly messageRate?: Rate | RateStages
  /** How messages of a rate are spread over time. Default: `constant`. */
  readonly arrival?: 'constant' | 'poisson'
  /** Messages under way at once on a connection without a rate. Default: 1. */
  readonly inFlight?: Count
  /** Bytes of a message. Default: 32. */
  readonly size?: Size
  /** Your own message with `{client}`, `{seq}` and `{token}` in it, or `@FILE`. */
  readonly payload?: string
  /** Sent once, right after the upgrade; a text or `@FILE`. */
  readonly onOpen?: string
  /** Binary frames instead of text. */
  readonly binary?: boolean
  /**
   * How the server speaks: a name, the path or URL of a module (`new URL('./mine.mjs', import.meta.url)`), or a dialect as
   * an object. The functions of an object cannot go to another thread, so its load is made in the calling one: with one
   * worker, and whatever else that thread does shows in the pacer lag. A module has threads of its own.
   */
  readonly dialect?: string | URL | Dialect
  /** `auto`, `fifo`, or where the number is in a reply: `'json:/id'`, `'/id=(\d+)/'`. */
  readonly match?: string
  /** Each client pings so often. Default: never; in a `heartbeat` test two in five do, each 20 s. */
  readonly pingInterval?: Time
  /** Leave the server's pings unanswered. */
  readonly ignorePings?: boolean
  /** What each client does: the path or URL of a module whose default export is a Flow; `messages` are then whole flows. */
  readonly flow?: string | URL
  /** File with rows for its `context.row`: `.csv`, or `.jsonl` with one JSON object a line. */
  readonly data?: string
  /** `unique`: no two clients have the same row. Default: `cycle`. */
  readonly dataMode?: 'cycle' | 'unique'
  /** For `context.env`: `'NAME=VALUE'`, or the name of a variable that is set. */
  readonly var?: string | readonly string[]
  /** A flow that asks nothing of its client for so long has failed. Default: 30 s. */
  readonly flowTimeout?: Time
  /** How clients come back in a `reconnect` test: `now`, `fixed:1s`, `exponential:1s`; several are groups side by side. */
  readonly reconnect?: string | readonly string[]
  /** Of the waits before they do; both are groups side by side. Default: `none`. */
  readonly jitter?: 'none' | 'full' | readonly ('none' | 'full')[]
  /** Until a client gives up. Default: 5. */
  readonly maxRetries?: Count
}

/** One of the groups of clients that differ. */
export interface NamedGroup extends GroupSettings {
  /** Letters, digits, `_` and `-`, a letter first. */
  readonly name: string
}

/**
 * What run() and createPlan() take: the keys of a scenario file, that is the long options of `stress run` in camelCase. What
 * is left out has the same default as there.
 */
export interface RunSettings extends GroupSettings {
  /** A scenario file; the other settings win over what it says. */
  readonly scenario?: string
  /** Default: `throughput`; of a dialect that only pushes, `push`. */
  readonly testType?: TestChoice
  /** Clients that differ, instead of `connections` for all. */
  readonly groups?: readonly NamedGroup[]
  /** That send, in a broadcast test. Default: 1. */
  readonly publishers?: Count
  /** That only listen, in a broadcast test. Default: 100. */
  readonly subscribers?: Count
  /** Of the clients of a heartbeat test: who answers no ping. Default: 20 %. */
  readonly silentShare?: number | `${number}%`
  /** The same as `reconnect`. */
  readonly reconnects?: string | readonly string[]
  /** The same as `jitter`. */
  readonly jitters?: 'none' | 'full' | readonly ('none' | 'full')[]
  /** How the connections of a reconnect test are lost: reset by us, or by what the server does. Default: `reset`. */
  readonly cut?: 'reset' | 'watch'
  /** From the start of the load to the cut. Default: 5 s. */
  readonly cutAfter?: Time
  /** Run instead of the cut: restarts the server. */
  readonly restartCommand?: string
  /** Of the subscribers of a slow-consumer test: who becomes a slow reader. Default: 10 %. */
  readonly slowShare?: number | `${number}%`
  /** Bytes a second that they still read, `'1kB/s'`. Default: 0. */
  readonly slowRead?: number | string
  /** How the clients of a leak test leave: `clean`, `reset`, `silent`; several one after the other. Default: `clean` and `reset`. */
  readonly leave?: 'clean' | 'reset' | 'silent' | readonly ('clean' | 'reset' | 'silent')[]
  /** The same as `leave`. */
  readonly leaves?: 'clean' | 'reset' | 'silent' | readonly ('clean' | 'reset' | 'silent')[]
  /** Where the server tells its own count of connections, as JSON. */
  readonly countUrl?: string | URL
  /** JSON pointer to it. */
  readonly countPath?: string
  /** That clients are dealt out to. Default: 1. */
  readonly rooms?: Count
  /** Load before the figures count. Default: 1 s for `throughput`. */
  readonly warmup?: Time
  /** Times to do it all. Default: 1; in a leak test 20 with each way to leave. */
  readonly cycles?: Count
  /** Threads that make the load. Default: cores − 1. */
  readonly workers?: Count
  /** Of Poisson arrivals. Default: 1. */
  readonly seed?: Count
  /** What a `capacity` test varies. Default: `rate`. */
  readonly find?: 'rate' | 'connections' | 'connect-rate'
  /** Its first load. Default: 1,000 messages a second, or 100. */
  readonly from?: Rate
  /** Its greatest load. Default: none. */
  readonly upTo?: Rate
  /** Share of the load within which the answer lies, `'3%'` or 0.03. Default: 3 %. */
  readonly precision?: string | number
  /** Steps that confirm each side of the answer; odd. Default: 3. */
  readonly repeats?: Count
  /** That the server promises between two pushes. Default: the dialect's own. */
  readonly pushInterval?: Time
  /** A reply later than this is lost. Default: 5 s. */
  readonly timeout?: Time
  /** Check that incoming text is UTF-8. */
  readonly checkUtf8?: boolean
  /** The largest message accepted. Default: 16 MiB. */
  readonly maxMessage?: Size
  /** `ws://…`, `wss://…` or `HOST:PORT`; connections are spread over several. None: the demo server. */
  readonly url?: string | URL | readonly (string | URL)[]
  /** The same as `url`. */
  readonly urls?: string | URL | readonly (string | URL)[]
  /** Demo server and its options: `'rooms --drop 1%'`. */
  readonly serve?: string
  /** The command that starts the server: words, or a text that is split at spaces. It is ended after the run. */
  readonly command?: string | readonly string[]
  /** Request headers, as an object or as `'Name: value'`. */
  readonly header?: string | readonly string[] | Readonly<Record<string, string>>
  /** The same as `header`. */
  readonly headers?: string | readonly string[] | Readonly<Record<string, string>>
  /** Offered to the server. */
  readonly subprotocol?: string | readonly string[]
  /** The same as `subprotocol`. */
  readonly subprotocols?: string | readonly string[]
  /** For `{token}`, dealt out to the clients in turn; `@FILE` has one a line. */
  readonly token?: string | readonly string[]
  /** The same as `token`. */
  readonly tokens?: string | readonly string[]
  /** Signs a token for each client (HS256). */
  readonly jwtSecret?: string
  /** Accept any certificate. */
  readonly insecure?: boolean
  /** File with the PEM of the authority to trust. */
  readonly ca?: string
  /** File with the PEM of the client certificate. */
  readonly cert?: string
  /** File with the PEM of its key. */
  readonly key?: string
  /** Offer permessage-deflate. */
  readonly compress?: boolean
  /** Process to watch for CPU and memory. */
  readonly serverPid?: Count
  /** Its CPU and memory, as Prometheus text or JSON. */
  readonly serverMetrics?: string | URL
  /** Connections a second. Default: all at once, under `connectConcurrency`. */
  readonly connectRate?: Rate
  /** Handshakes under way at once. Default: 250. */
  readonly connectConcurrency?: Count
  /** For one connection. Default: 10 s. */
  readonly connectTimeout?: Time
  /** Local addresses to connect from. */
  readonly sourceIp?: string | readonly string[]
  /** The same as `sourceIp`. */
  readonly sourceIps?: string | readonly string[]
  /** Conditions for passing, such as `'p99<50ms'` or `'error_ratio<0.1%'`. */
  readonly threshold?: string | readonly string[]
  /** The same as `var`. */
  readonly vars?: string | readonly string[]
  /** The same as `threshold`. */
  readonly thresholds?: string | readonly string[]
  /** Files with earlier results, for conditions on the change: `'p99<+10%'`. */
  readonly baseline?: string | readonly string[]
  /** The same as `baseline`. */
  readonly baselines?: string | readonly string[]
  /** Also with a baseline that this run is not comparable with. */
  readonly anyway?: boolean
  /** End the run at the first threshold that has failed. */
  readonly abortOnFail?: boolean
  /** A run that is not valid has not passed. Default: true with thresholds. */
  readonly requireValid?: boolean
}
