/** `--debug`: one connection, every frame shown, then done. */
import { nowUs } from '../engine/clock.ts'
import { Connection } from '../engine/connection.ts'
import { createDialer } from '../engine/dialer.ts'
import { EventStream } from '../engine/event-stream.ts'
import { createSampleMessage, listOpening } from '../engine/group-run.ts'
import { listSent } from '../engine/hide-sent.ts'
import type { ConnectionEnd, ConnectionHandler, Link } from '../engine/link.ts'
import { buildOpening } from '../engine/opening.ts'
import { EXIT } from '../errors.ts'
import { readEnvironment } from '../observe/environment.ts'
import { escapeControls } from '../plan/escape-controls.ts'
import type { Plan, Target } from '../plan/plan.ts'
import { redactUrl } from '../plan/target-url.ts'
import { OPCODE } from '../websocket/frame-writer.ts'
import { createHideSecret, encodeHidden, type HideSecret } from './hide-secret.ts'
import { openTarget } from './open-target.ts'
import { resolveEndpoints } from './resolve-endpoints.ts'

/** With an opening message, how long after the first reply a second one is waited for. */
const SECOND_REPLY_MS = 500
/** Of a payload, after what is hidden. */
const SHOWN_BYTES = 200
const READ_BUFFER_BYTES = 65_536

const OPCODE_NAMES = new Map<number, string>(Object.entries(OPCODE).map(([name, code]) => [code, name]))

export interface DebugOptions {
  readonly signal: AbortSignal
  /** Receives lines that end in a newline. */
  readonly write: (text: string) => void
}

/** Opens the plan's first connection, sends its first message, shows what goes over the wire. 0: a reply came; 3: none. */
export async function debugConnection(plan: Plan, options: DebugOptions): Promise<number> {
  if (plan.testType === 'flow') return (await import('./debug-flow.ts')).debugFlow(plan, options)
  const { signal, write } = options
  const { server, target } = await openTarget([plan], readEnvironment(), signal)
  try {
    const { endpoints } = await resolveEndpoints(target.urls)
    const dialer = createDialer(target, endpoints)
    const dial = dialer.dialFor(0)
    const token = dialer.tokenFor(0)
    const hide = createHideSecret(token, ...(typeof dial === 'string' ? [] : listSent(dial)))
    const clean = (text: string) => escapeControls(encodeHidden(hide(Buffer.from(text)), 'utf8'))
    const startUs = nowUs()
    const show = (mark: string, text: string) =>
      write(`${((nowUs() - startUs) / 1000).toFixed(2).padStart(9)} ms  ${mark} ${clean(text)}\n`)
    write(`${redactUrl(endpoints[0]!.url)}\n`)
    if (typeof dial === 'string') {
      show('!', `the name does not resolve: ${dial}`)
      return EXIT.unreachable
    }
    show('·', `connecting to ${dial.address} port ${dial.port}${dial.tls === null ? '' : ' with TLS'}`)
    const streams = plan.transport === 'event-stream'
    const head = streams ? `GET ${dial.path} HTTP/1.1\r\nAccept: text/event-stream\r\n` : dial.requestHead
    for (const line of hideValues(head, plan.target.headers).split('\r\n'))
      write(`                > ${clean(line)}\n`)

    const group = plan.groups[0]!
    const message = group.pacing.kind === 'silent' ? null : createSampleMessage(group, token)
    const opening = listOpening(group, { client: 0, room: 0, token })
    // A push may be due only after its interval.
    const patienceUs = Math.max(plan.limits.replyTimeoutUs, 1.5 * (plan.push?.everyUs ?? 0))
    let replies = 0
    let timer: NodeJS.Timeout | null = null
    await new Promise<void>((resolve) => {
      const closeNow = () => {
        show('→', 'close 1000')
        connection.close()
        timer = setTimeout(() => connection.reset('close-code', 'timeout'), plan.limits.closeTimeoutUs / 1000)
      }
      const onReply = () => {
        if (replies++ > 0) return
        if (timer !== null) clearTimeout(timer)
        // What answers the opening message may come first: leave the other reply its time.
        timer = setTimeout(closeNow, opening.length === 0 ? 0 : SECOND_REPLY_MS)
      }
      const handler: ConnectionHandler = {
        onBytes() {},
        onOpen() {
          show(
            '·',
            `open${(connection.subprotocol ?? '') === '' ? '' : `, subprotocol ${connection.subprotocol}`}`,
          )
          const opcode = group.binary ? OPCODE.binary : OPCODE.text
          for (const content of opening) {
            connection.write(buildOpening(content, group.binary, true))
            show('→', describeFrame(opcode, buildOpening(content, group.binary, false), hide))
          }
          if (message !== null) {
            connection.write(message.frame)
            show('→', describeFrame(opcode, message.payload, hide))
          }
          if (timer !== null) clearTimeout(timer)
          timer = setTimeout(() => {
            show('!', `no reply within ${patienceUs / 1e6} s`)
            connection.close()
            setTimeout(() => connection.reset('close-code', 'timeout'), plan.limits.closeTimeoutUs / 1000)
          }, patienceUs / 1000)
        },
        onPing() {
          show('←', 'ping, answered with pong')
          // Of a server that only pings, this is what was waited for.
          if (plan.push?.by === 'ping') onReply()
        },
        onMessage(opcode, data, start, end) {
          show('←', describeFrame(opcode, data.subarray(start, end), hide))
          onReply()
        },
        onEnd(end) {
          show('·', `closed: ${describeEnd(end)}`)
          if (timer !== null) clearTimeout(timer)
          resolve()
        },
      }
      const connection: Link & { readonly subprotocol?: string } = streams
        ? new EventStream(dial, handler, plan.limits)
        : new Connection(dial, handler, plan.limits, group.behaviour.pong, Buffer.alloc(READ_BUFFER_BYTES))
      connection.open()
      timer = setTimeout(
        () => connection.reset('upgrade-timeout', 'timeout'),
        plan.limits.connectTimeoutUs / 1000,
      )
      signal.addEventListener('abort', () => connection.reset('socket-error', 'interrupted'), { once: true })
    })
    if (plan.target.compress) write('note: --debug shows frames without compression\n')
    return replies > 0 ? EXIT.passed : EXIT.unreachable
  } finally {
    await server?.stop()
  }
}

/** `text 12 B "hello"`, without secrets. */
export function describeFrame(opcode: number, payload: Uint8Array, hide: HideSecret): string {
  const whole = hide(payload)
  const shown = whole.slice(0, SHOWN_BYTES)
  const text =
    opcode === OPCODE.binary ? encodeHidden(shown, 'hex') : JSON.stringify(encodeHidden(shown, 'utf8'))
  return `${OPCODE_NAMES.get(opcode) ?? opcode} ${payload.length} B ${text}${whole.length > SHOWN_BYTES ? '…' : ''}`
}

function describeEnd({ when, class: failure, detail }: ConnectionEnd): string {
  if (when === 'closing')
    return failure === 'close-code' && detail === '1000' ? 'after our Close' : `${failure} ${detail}`
  return when === 'connecting'
    ? `before it was open: ${failure} ${detail}`
    : `by the server: ${failure} ${detail}`
}

/** What a header or a query carries may be a secret: of both only the names are shown. */
function hideValues(head: string, headers: Target['headers']): string {
  const names = new Set(['authorization', ...headers.map(([name]) => name.toLowerCase())])
  const [request = '', ...lines] = head.split('\r\n')
  const shown = lines.map((line) => {
    const name = line.slice(0, line.indexOf(':'))
    return names.has(name.toLowerCase()) ? `${name}: …` : line
  })
  return [request.replace(/=[^& ]*/g, '=…'), ...shown].join('\r\n')
}
