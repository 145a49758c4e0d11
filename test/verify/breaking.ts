/** Ways to break a server of ours on purpose: what it hears, what it says, how it pongs and closes, what it answers. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WebSocket } from 'ws'
import type { Service } from '../../src/servers/service.ts'

export type Break = (service: Service) => Service

/** A frame on its way in or out. */
export interface Frame {
  readonly data: Buffer
  readonly text: string
  readonly isBinary: boolean
}

/** What goes on in its place: each a text, or a Buffer for binary. */
export type Instead = readonly (string | Buffer)[]

export interface Wire {
  readonly socket: WebSocket
  /** Whose frame is being handled; null: the server speaks by itself. */
  readonly from: WebSocket | null
}

/** Every message that the server sends passes through `change`. */
export function says(change: (frame: Frame, wire: Wire) => Instead): Break {
  return (service) => {
    let from: WebSocket | null = null
    return {
      ...service,
      onSocket(socket, request, url) {
        const emit = socket.emit.bind(socket)
        const send = socket.send.bind(socket)
        Object.assign(socket, {
          emit(event: string, ...rest: unknown[]) {
            if (event !== 'message') return emit(event, ...rest)
            from = socket
            const wasHeard = emit(event, ...rest)
            from = null
            return wasHeard
          },
          send(data: string | Buffer, options: { binary?: boolean } | undefined, written?: () => void) {
            const bytes = Buffer.from(data)
            const isBinary = options?.binary ?? typeof data !== 'string'
            const instead = change({ data: bytes, text: bytes.toString(), isBinary }, { socket, from })
            for (const one of instead) send(one, { binary: typeof one !== 'string' })
            written?.()
          },
        })
        service.onSocket?.(socket, request, url)
      },
    }
  }
}

/** Every message that the server gets passes through `change`. */
export function hears(change: (frame: Frame, socket: WebSocket) => Instead): Break {
  return withSocket((socket) => {
    const emit = socket.emit.bind(socket)
    Object.assign(socket, {
      emit(event: string, ...rest: unknown[]) {
        if (event !== 'message') return emit(event, ...rest)
        const [data, isBinary] = rest as [Buffer, boolean]
        for (const one of change({ data, text: data.toString(), isBinary }, socket))
          emit(event, Buffer.from(one), typeof one !== 'string')
        return true
      },
    })
  })
}

/** Does something to each connection before the server has it. */
export function withSocket(act: (socket: WebSocket) => void): Break {
  return (service) => ({
    ...service,
    onSocket(socket, request, url) {
      act(socket)
      service.onSocket?.(socket, request, url)
    },
  })
}

/** Answers HTTP in the server's place, unless it returns false. */
export function answers(
  act: (request: IncomingMessage, response: ServerResponse, url: URL) => boolean,
): Break {
  return (service) => ({
    ...service,
    onRequest: (request, response, url) =>
      act(request, response, url) || (service.onRequest?.(request, response, url) ?? false),
  })
}

/** Texts only, whatever else passes. */
export function saysText(change: (text: string, wire: Wire) => readonly string[]): Break {
  return says((frame, wire) => (frame.isBinary ? [frame.data] : change(frame.text, wire)))
}

export const refusesFirst: Break = (service) => {
  let connections = 0
  const refusal = { status: 503, reason: 'not yet' }
  return {
    ...service,
    authorize: async (request, url) =>
      connections++ === 0 ? refusal : ((await service.authorize?.(request, url)) ?? null),
  }
}

export const neverPongs = withSocket((socket) => Object.assign(socket, { pong: () => {} }))

export const pongsOtherBytes = withSocket((socket) => {
  const pong = socket.pong.bind(socket)
  Object.assign(socket, { pong: () => pong('other') })
})

/** Ends without a Close frame. */
export const cutsOnClose = withSocket((socket) => Object.assign(socket, { close: () => socket.terminate() }))

export const ignoresClose = withSocket((socket) => Object.assign(socket, { close: () => {} }))

/** Each message goes out again with all others of its turn, last first. */
export function reversesTurns(): Break {
  const waiting = new Map<WebSocket, string[]>()
  return (service) =>
    withSocket((socket) => {
      const send = socket.send.bind(socket)
      Object.assign(socket, {
        send(data: string | Buffer, options: { binary?: boolean } | undefined, written?: () => void) {
          if (options?.binary === true) return send(data, { binary: true }, written)
          const texts = waiting.get(socket)
          if (texts !== undefined) texts.push(data.toString())
          else {
            waiting.set(socket, [data.toString()])
            setImmediate(() => {
              for (const text of (waiting.get(socket) ?? []).reverse()) send(text)
              waiting.delete(socket)
            })
          }
          written?.()
        },
      })
    })(service)
}

/** Once anybody has gone, no message is sent any more, but for connections that are opened later. */
export function fallsSilentAfterLeave(): Break {
  let silent = new WeakSet<WebSocket>()
  const open = new Set<WebSocket>()
  const quiet = says(({ data, text, isBinary }, { socket }) =>
    silent.has(socket) ? [] : [isBinary ? data : text],
  )
  return (service) =>
    withSocket((socket) => {
      open.add(socket)
      socket.on('close', () => {
        open.delete(socket)
        silent = new WeakSet(open)
      })
    })(quiet(service))
}

/** Another close code than the server's own. */
export function closesWith(instead: number, code: number): Break {
  return withSocket((socket) => {
    const close = socket.close.bind(socket)
    Object.assign(socket, {
      close: (own?: number, reason?: string) => close(own === instead ? code : own, reason),
    })
  })
}

/** What anybody is sent also goes to connections that the server itself does not send to yet. */
export function overhears(): Break {
  const sockets = new Set<WebSocket>()
  return (service) => {
    const sent = new WeakSet<WebSocket>()
    return withSocket((socket) => sockets.add(socket))(
      says(({ text }, { socket }) => {
        sent.add(socket)
        for (const other of sockets) if (!sent.has(other)) other.emit('overheard', text)
        return [text]
      })({
        ...service,
        onSocket(socket, request, url) {
          const own = Object.getPrototypeOf(socket).send as (data: string) => void
          socket.on('overheard', (text: string) => own.call(socket, text))
          service.onSocket?.(socket, request, url)
        },
      }),
    )
  }
}

/** Texts go to everyone as they came, and the server's own words to nobody. */
export function echoesTexts(): Break {
  const sockets = new Set<WebSocket>()
  return (service) =>
    withSocket((socket) => {
      const send = socket.send.bind(socket)
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('message', (data: Buffer) => {
        for (const other of sockets) other.emit('pass', data.toString())
      })
      socket.on('pass', (text: string) => send(text))
      Object.assign(socket, { send: (_data: string, _options: object, written?: () => void) => written?.() })
    })(service)
}

/** The first messages of each connection are not sent. */
export function skipsFirst(count: number): Break {
  return keeps((index) => index >= count)
}

/** Only every n-th message of a connection is sent, beginning with the first. */
export function keepsEvery(n: number): Break {
  return keeps((index) => index % n === 0)
}

function keeps(isKept: (index: number) => boolean): Break {
  const counts = new WeakMap<WebSocket, number>()
  return saysText((text, { socket }) => {
    const index = counts.get(socket) ?? 0
    counts.set(socket, index + 1)
    return isKept(index) ? [text] : []
  })
}

export interface Rewriting {
  readonly status?: number
  readonly type?: string
  /** `index` counts the chunks of a response from 0. */
  readonly chunks?: (chunk: string, index: number) => string
}

/** Changes an HTTP response on its way. */
export function rewrites({ status, type, chunks = (chunk) => chunk }: Rewriting): Break {
  return answers((_request, response) => {
    const writeHead = response.writeHead.bind(response)
    const write = response.write.bind(response)
    let index = 0
    Object.assign(response, {
      writeHead: (own: number, headers: Record<string, string>) =>
        writeHead(status ?? own, { ...headers, ...(type === undefined ? {} : { 'content-type': type }) }),
      write(chunk: string | Buffer, written: () => void) {
        const text = chunks(chunk.toString(), index++)
        if (text !== '') return write(text, written)
        written()
        return true
      },
    })
    return false
  })
}
