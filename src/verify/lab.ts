/** What a check works with: the server under test, connections to it, requests, users. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import { createHideSecret, encodeHidden } from '../run/hide-secret.ts'
import { Mismatch, Unverifiable } from './check.ts'
import { askHttp, type HttpAnswer, openHttp } from './http-request.ts'
import { type Attempt, attempt, type Peer } from './peer.ts'
import { makeClaims, readClaims, signToken } from './signed-token.ts'

/** The server that is verified. */
export interface VerifyTarget {
  readonly dialect: string
  /** ws:// or wss://; of an event stream http:// or https://. */
  readonly url: string
  /** http:// or https:// without a slash at the end: what /ws/online stands behind. */
  readonly httpUrl: string
  readonly headers: Readonly<Record<string, string>>
  /** Accept any certificate. */
  readonly insecure: boolean
  /** Secret. */
  readonly jwtSecret: string | null
  /** Ready-made, a user each. Secret. */
  readonly tokens: readonly string[]
  /** Between pushes or pings, when the server was told another interval than the documents have. */
  readonly intervalMs: number | null
  /** Also the checks that take longer than ten seconds. */
  readonly slow: boolean
  /** Nobody but us was ever connected. */
  readonly fresh: boolean
  readonly timeoutMs: number
}

/** Who a token stands for. */
export interface User {
  readonly id: string
  readonly username: string
  /** Secret. */
  readonly token: string
}

export interface ConnectOptions {
  /** Goes into the query as `token`; null: none. */
  readonly token?: string | null
  /** False: the server's pings are not answered. */
  readonly pong?: boolean
}

export interface AskOptions {
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** One of a few letters is in many words. */
const LEAST_SECRET = 5

/** Waiting for a sign that a connection is served, before going on without one. */
const SETTLE_SHARE = 0.25

/** What one check has found out about the server, for those after it. */
export interface Habits {
  answersPings: boolean
}

/** Serves one check; `close` ends all that it has opened. */
export class Lab {
  readonly target: VerifyTarget
  readonly signal: AbortSignal
  readonly #habits: Habits
  readonly #sockets: WebSocket[] = []
  readonly #responses: IncomingMessage[] = []
  #users = 0
  #marks = 0
  readonly #run = randomBytes(4).toString('hex')

  constructor(target: VerifyTarget, signal: AbortSignal, habits: Habits) {
    this.target = target
    this.signal = signal
    this.#habits = habits
  }

  /** A word of letters and digits that occurs nowhere else. */
  mark(): string {
    return `v${this.#run}x${++this.#marks}`
  }

  /** Tries to connect; a refusal is no error. */
  attempt({ token = null, pong = true }: ConnectOptions = {}): Promise<Attempt> {
    const { headers, insecure } = this.target
    const url = new URL(this.target.url)
    if (token !== null) url.searchParams.set('token', token)
    const { socket, result } = attempt({ url: url.href, headers, insecure, pong, signal: this.signal })
    this.#sockets.push(socket)
    return result
  }

  /** An open connection. @throws Mismatch */
  async connect(options: ConnectOptions = {}): Promise<Peer> {
    const result = await this.attempt(options)
    if (result.kind === 'open') return result.peer
    const seen = result.kind === 'refused' ? `HTTP ${result.status}` : result.problem
    throw new Mismatch('an open connection', seen)
  }

  /** An open connection that the server reads from already, as its pong shows: it then gets what others send. */
  async join(options: ConnectOptions = {}): Promise<Peer> {
    const peer = await this.connect(options)
    await this.settle(peer)
    return peer
  }

  /** Waits for a pong, but not for long: whether pings are answered is another check's question. */
  async settle(peer: Peer): Promise<void> {
    if (!this.#habits.answersPings) return
    const mark = this.mark()
    peer.ping(mark)
    this.#habits.answersPings = await peer.comes(
      (arrival) => arrival.kind === 'pong' && arrival.data.includes(mark),
      this.target.timeoutMs * SETTLE_SHARE,
    )
  }

  /** A request to a path of the server. @throws Mismatch when there is no answer */
  async ask(method: string, path: string, { body, headers = {} }: AskOptions = {}): Promise<HttpAnswer> {
    return this.#request((common) =>
      askHttp({
        ...common,
        url: `${this.target.httpUrl}${path}`,
        method,
        headers: { ...common.headers, ...headers },
        body: body ?? null,
      }),
    )
  }

  /** The head of an answer to GET on the target's own URL. @throws Mismatch when there is none */
  async openStream(headers: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
    const response = await this.#request((common) =>
      openHttp({
        ...common,
        url: this.target.url,
        method: 'GET',
        headers: { ...common.headers, accept: 'text/event-stream', ...headers },
        body: null,
      }),
    )
    response.on('error', () => {})
    this.#responses.push(response)
    return response
  }

  /** Someone who may connect: each call somebody else. @throws Unverifiable when there are no more */
  nextUser(): User {
    const { jwtSecret, tokens } = this.target
    const index = this.#users++
    const given = tokens[index]
    if (given !== undefined) {
      const claims = readClaims(given)
      if (claims?.sub === undefined) throw new Unverifiable('the token given has no user id (sub) to be read')
      return { id: claims.sub, username: claims.username ?? '', token: given }
    }
    if (jwtSecret === null) {
      const problem = index === 0 ? 'no token and no secret' : `only ${index} of ${index + 1} users`
      throw new Unverifiable(`${problem}: give --jwt-secret, or --token for each user`)
    }
    const claims = makeClaims(`verify-${this.#run}-${index + 1}`)
    return { id: claims.sub, username: claims.username, token: signToken(claims, jwtSecret) }
  }

  /** The text without the secret, any token, what headers say, and what the URL hides in it. */
  hideSecrets(text: string): string {
    const { jwtSecret, tokens, headers, url } = this.target
    const { username, password, searchParams } = new URL(url)
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    const secrets = [
      jwtSecret ?? '',
      ...tokens,
      ...Object.values(headers).flatMap((value) => [value, ...value.split(' ')]),
      ...searchParams.values(),
      ...(password === '' ? [] : [decodeURIComponent(password), Buffer.from(login).toString('base64')]),
    ]
    const hide = createHideSecret(...secrets.filter((secret) => secret.length >= LEAST_SECRET))
    const known = encodeHidden(hide(Buffer.from(text)), 'utf8')
    return known.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '…')
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate()
    for (const response of this.#responses) response.destroy()
  }

  async #request<T>(
    send: (common: {
      headers: Readonly<Record<string, string>>
      insecure: boolean
      signal: AbortSignal
    }) => Promise<T>,
  ): Promise<T> {
    const { headers, insecure } = this.target
    try {
      return await send({ headers, insecure, signal: this.signal })
    } catch (error) {
      const { name, code, message } = error as NodeJS.ErrnoException
      const isLate = name === 'AbortError' || this.signal.aborted
      throw new Mismatch('an HTTP answer', isLate ? 'none in the time given' : (code ?? message))
    }
  }
}
