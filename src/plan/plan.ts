/**
 * The validated, frozen form of what people wrote: plain numbers, no optional fields, one unit (integer microseconds).
 * A plan is target × phases × groups; a test type is a preset that fills those in, never a code path of its own.
 */

/** Names of the presets. */
export type TestType =
  | 'throughput'
  | 'storm'
  | 'sustained'
  | 'broadcast'
  | 'push'
  | 'idle'
  | 'heartbeat'
  | 'capacity'
  | 'flow'
  | 'reconnect'
  | 'leak'
  | 'slow-consumer'

/** What a group is in its test. In a broadcast test publishers send, and everybody receives. */
export type Role = 'main' | 'publisher' | 'subscriber'

/** connect (ramp) → warmup (recorded apart) → hold → drain, `cycles` times. */
export type Phase = 'connect' | 'warmup' | 'hold' | 'drain'

/** A stretch of a schedule: the rate goes in a straight line from `fromPerSec` to `toPerSec`; the last one's end rate holds. */
export interface Stage {
  readonly fromPerSec: number
  readonly toPerSec: number
  readonly durationUs: number
}

export type Pacing =
  /** Each connection has `inFlight` messages under way and sends the next one when a reply comes. */
  | { readonly kind: 'closed'; readonly inFlight: number }
  /** Messages follow the clock, whatever the server does. Rates are totals over the whole group. */
  | { readonly kind: 'open'; readonly stages: readonly Stage[]; readonly arrival: 'constant' | 'poisson' }
  | { readonly kind: 'silent' }

/** When a group stops sending. Null: not limited by that. A group with both null stops when all others have. */
export interface Stop {
  /** Messages of each connection. */
  readonly messages: number | null
  /** Length of the hold phase. */
  readonly durationUs: number | null
}

/** What to send. `{client}` `{seq}` `{token}` in `template` are filled in once a connection. */
export type Payload =
  /** `sizeBytes` bytes made by the dialect, with client and sequence number inside when they fit. */
  | { readonly kind: 'generated'; readonly sizeBytes: number }
  /** The user's own text or bytes (latin1 when binary, else UTF-8 as it stands). */
  | { readonly kind: 'template'; readonly template: string }

export interface Retry {
  readonly policy: 'now' | 'fixed' | 'exponential'
  /** Before each retry; of `exponential` before the first, and doubled each time. */
  readonly baseUs: number
  /** `full`: anything from nothing to that time, evenly. */
  readonly jitter: 'none' | 'full'
  readonly maxRetries: number
}

/** How all connections are lost at once in the hold: reset by us, by a command that restarts the server, or by itself. */
export interface Cut {
  readonly by: 'reset' | 'command' | 'watch'
  /** After the start of the hold; nothing happens then when it is only watched for. */
  readonly afterUs: number
  /** Restarts the server (argv); may hold secrets. */
  readonly command: readonly string[] | null
}

/** How clients leave at the end of a cycle: by the closing handshake, by RST, or not at all: open, unread, answering nothing. */
export type Leave = 'clean' | 'reset' | 'silent'

/** Of a test that looks at the server after each cycle. */
export interface Leaving {
  /** As many cycles of each, one kind after the other. */
  readonly kinds: readonly Leave[]
  /** Where the server tells its own count of connections; null: nowhere. May hold secrets. */
  readonly countUrl: string | null
  /** JSON pointer to it. */
  readonly countPath: string
}

export interface Behaviour {
  /** Answer the server's pings. */
  readonly pong: boolean
  /** 'all': read at once; 'none': stop reading the socket once open; a number: bytes a second. */
  readonly read: 'all' | 'none' | number
  /** From the start of the hold until it reads as `read` says; before, all. Null: from the open on. */
  readonly slowAfterUs: number | null
  readonly close: 'polite' | 'reset' | 'silent'
  /** Ping the server this often; null: never. */
  readonly pingEveryUs: number | null
  /** How a client comes back whose connection was lost in the hold; null: it does not. */
  readonly reconnect: Retry | null
}

/** One record of the user's data file: of CSV all values are texts, of JSON lines whatever stands there. */
export type DataRow = Readonly<Record<string, unknown>>

/** What the clients of a group do, when a function of the user's says it. Pacing is then of whole flows. */
export interface FlowSettings {
  /** Absolute. */
  readonly path: string
  /** Dealt out to the clients in turn; empty: none. May hold secrets. */
  readonly rows: readonly DataRow[]
  /** `context.env`. Holds secrets. */
  readonly env: Readonly<Record<string, string>>
  /** One that asks nothing of its client for so long has failed. */
  readonly idleUs: number
}

/** Virtual clients that behave alike. */
export interface Group {
  readonly name: string
  readonly role: Role
  readonly count: number
  readonly pacing: Pacing
  readonly stop: Stop
  readonly dialect: string
  readonly payload: Payload
  readonly binary: boolean
  /** Sent once, right after the upgrade; null: nothing. */
  readonly onOpen: string | null
  /**
   * How replies find their messages: `auto` by the number in the payload, `fifo` in order of arrival with one in flight,
   * else a pattern that says where the number is in a reply (dialects/reply-pattern.ts).
   */
  readonly match: string
  /** Null: messages are sent as pacing says. */
  readonly flow: FlowSettings | null
  readonly behaviour: Behaviour
}

export interface TlsSettings {
  readonly insecure: boolean
  /** PEM text; null: Node's own list. */
  readonly ca: string | null
  readonly cert: string | null
  readonly key: string | null
}

export interface Target {
  /** ws:// or wss://, spread evenly over the connections; may contain `{client}` and `{token}`. Empty: the demo server. */
  readonly urls: readonly string[]
  /** Extra request headers, values may contain `{client}` and `{token}`. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly subprotocols: readonly string[]
  readonly tls: TlsSettings
  /** Local addresses to bind to, in rotation. Empty: the kernel chooses. */
  readonly sourceIps: readonly string[]
  /** Offer permessage-deflate. */
  readonly compress: boolean
  /** Dealt out to the clients in turn. Secret. */
  readonly tokens: readonly string[]
  /** The server to watch: a process id, or null. */
  readonly serverPid: number | null
  /** Page with the memory and CPU of a server elsewhere (http:// or https://), or null. May hold secrets. */
  readonly serverMetrics: string | null
  /** A command that starts the server (argv), or null. */
  readonly command: readonly string[] | null
  /** Arguments of `stress serve` for the demo server; null: there is a URL. */
  readonly serve: readonly string[] | null
  /** Signs a token for each client before the run. Secret. */
  readonly jwtSecret: string | null
}

export interface ConnectRamp {
  /** Connections a second in all; null: all at once, under the cap. */
  readonly ratePerSec: number | null
  /** Handshakes under way at once, in all. */
  readonly concurrency: number
}

export interface Limits {
  readonly connectTimeoutUs: number
  /** A reply later than this is lost. */
  readonly replyTimeoutUs: number
  readonly closeTimeoutUs: number
  /** The largest message accepted from the server, bytes. */
  readonly maxMessageBytes: number
  /** Bytes of unfinished messages held for all connections; the workers share it, each at least maxMessageBytes. */
  readonly maxUnfinishedBytes: number
  /** Check incoming text for UTF-8: costs time, so only when asked for. */
  readonly checkUtf8: boolean
  /** Bytes that may wait in one socket before its messages count as unsent. */
  readonly maxQueuedBytes: number
}

/** Every message goes to a whole audience. */
export interface FanOut {
  readonly audience: 'everyone' | 'room'
  /** 1 without rooms. Publishers and subscribers are dealt out to them in turn. */
  readonly rooms: number
}

/** What the server sends by itself. */
export interface Push {
  /** The promised interval; null: none. */
  readonly everyUs: number | null
  readonly by: 'message' | 'ping'
  /** The first is due as soon as the connection is open; else after an interval. */
  readonly atOnce: boolean
}

/** What a search varies: messages/s in all, connections, or connections opened a second. */
export type SearchedLoad = 'rate' | 'connections' | 'connect-rate'

/** The test is repeated at different loads, until the greatest is known at which every objective holds. */
export interface Search {
  readonly of: SearchedLoad
  readonly from: number
  /** Null: no bound. */
  readonly upTo: number | null
  /** Share of the load within which the answer lies. */
  readonly precision: number
  /** Steps at each of the two loads around the answer. */
  readonly repeats: number
  /** Threshold expressions, checked against the plan. */
  readonly objectives: readonly string[]
}

/** One test. */
export interface Plan {
  readonly testType: TestType
  readonly target: Target
  readonly groups: readonly Group[]
  /** Null: replies go to their senders alone. */
  readonly fanOut: FanOut | null
  /** Null: the server speaks only when spoken to. */
  readonly push: Push | null
  readonly transport: 'websocket' | 'event-stream'
  /** Null: connections are left alone. */
  readonly cut: Cut | null
  /** Null: clients leave as their groups do, and nobody looks. */
  readonly leaving: Leaving | null
  readonly connect: ConnectRamp
  readonly warmupUs: number
  readonly cycles: number
  /** Null: the test is run once, as it stands. */
  readonly search: Search | null
  readonly limits: Limits
  readonly workers: number
  /** Each worker is a process of its own, because one may not open so many files; else a thread. */
  readonly forked: boolean
  /** Seeds Poisson arrivals; the same seed gives the same schedule. */
  readonly seed: number
}

/** `path` null: standard output. */
export interface Output {
  readonly format: OutputFormat
  readonly path: string | null
}
/** `xml`: JUnit; `hlog`: an HdrHistogram log; `prom`: OpenMetrics text. */
export type OutputFormat = 'txt' | 'json' | 'html' | 'xml' | 'md' | 'csv' | 'hlog' | 'prom'

/** Where metrics are served while a run goes on. */
export interface MetricsAddress {
  readonly host: string
  /** 0: a free one. */
  readonly port: number
}

/** Everything a command line and a scenario file ask for. */
export interface RunPlan {
  readonly tests: readonly Plan[]
  /** Expressions, checked against the plan. */
  readonly thresholds: readonly string[]
  /** Files with earlier results to compare with. */
  readonly baseline: readonly string[]
  /** Whether or not they are comparable. */
  readonly anyway: boolean
  readonly abortOnFail: boolean
  /** Exit 4 when a test is not valid. On by itself when a threshold is set. */
  readonly requireValid: boolean
  readonly outputs: readonly Output[]
  /** Null: nowhere. */
  readonly metricsAt: MetricsAddress | null
  readonly verbosity: 'quiet' | 'default' | 'full'
  readonly progress: boolean
  readonly color: boolean
}

/** Number of virtual clients over all groups. */
export function countConnections(plan: Plan): number {
  return plan.groups.reduce((sum, group) => sum + group.count, 0)
}

/** Its publishers send to an audience, and what is delivered is what it is about. */
export function isFanOutTest(testType: string): boolean {
  return testType === 'broadcast' || testType === 'slow-consumer'
}

/** When some become slow readers, from the start of the hold; null: nobody does. */
export function slowFromUs({ groups }: Pick<Plan, 'groups'>): number | null {
  return groups.find(({ behaviour }) => behaviour.slowAfterUs !== null)?.behaviour.slowAfterUs ?? null
}
