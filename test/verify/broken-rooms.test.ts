import { describe } from 'vitest'
import type { WebSocket } from 'ws'
import { testBreaks } from './break-table.ts'
import * as broken from './breaking.ts'
import { hears, saysText } from './breaking.ts'

const isMessage = (text: string): boolean => text.includes('"Message"')
const isType = (text: string, type: string): boolean => text.includes(`"type":"${type}"`)

describe('the right line fails when one behaviour is broken', () => {
  testBreaks('rooms', [
    ['refuses a connection', broken.refusesFirst, ['a connection is accepted']],
    ['leaves pings unanswered', broken.neverPongs, ['a ping is answered with its own bytes']],
    ['never answers a close', broken.ignoresClose, ['a close is answered']],
    [
      'leaves out the sender',
      saysText((text, { socket, from }) => (socket === from && isMessage(text) ? [] : [text])),
      [
        'Join makes a room, and a Message comes back to its sender with the username',
        'a room goes on when a member disconnects',
      ],
    ],
    ['leaves out the username', saysText((text) => [text.replace(/,"username":"\w+"/, '')]), withUsername()],
    [
      'gives another username',
      saysText((text) => [text.replace(/"username":"\w+"/, '"username":"nobody"')]),
      withUsername(),
    ],
    ['loses the room', saysText((text) => [text.replace(/"room":"\w+",/, '')]), withUsername()],
    ['reads UTF-8 as Latin-1', saysText((text) => [Buffer.from(text).toString('latin1')]), withUsername()],
    [
      'answers the sender alone',
      saysText((text, { socket, from }) => (socket !== from && isMessage(text) ? [] : [text])),
      [
        'a Message reaches the other members of its room',
        'a Message does not reach members of other rooms',
        'a member of two rooms gets the messages of both',
        'a Message of who has not joined reaches no member of the room',
        'after Leave nothing of the room arrives',
        'a room goes on when a member disconnects',
      ],
    ],
    [
      'knows one room only',
      hears(({ text }) => [text.replace(/"room":"\w+"/, '"room":"all"')]),
      [
        ...withUsername().slice(0, 2),
        'a Message does not reach members of other rooms',
        ...withUsername().slice(2, 3),
        'after Leave nothing of the room arrives',
        ...withUsername().slice(3),
      ],
    ],
    [
      'sends to members of other rooms, too',
      sendsToAll(),
      ['a Message does not reach members of other rooms', 'after Leave nothing of the room arrives'],
    ],
    [
      'keeps a member in its last room only',
      leavesLastRoom(),
      ['a member of two rooms gets the messages of both'],
    ],
    [
      'keeps silent about a room that was not joined',
      saysText((text) => (isType(text, 'Error') ? [] : [text])),
      [
        'a Message to a room that was not joined is answered with an Error',
        'after Leave a Message is answered with an Error',
      ],
    ],
    [
      'gives no reason',
      saysText((text) => (isType(text, 'Error') ? ['{"type":"Error"}'] : [text])),
      [
        'a Message to a room that was not joined is answered with an Error',
        'after Leave a Message is answered with an Error',
      ],
    ],
    [
      'takes a Message for a Join',
      joinsBySpeaking(),
      [
        'a Message to a room that was not joined is answered with an Error',
        'a Message of who has not joined reaches no member of the room',
        'after Leave a Message is answered with an Error',
      ],
    ],
    [
      'sends an Error to everyone',
      sendsErrorsToAll(),
      ['a Message of who has not joined reaches no member of the room'],
    ],
    [
      'does not answer Ping',
      saysText((text) => (isType(text, 'Pong') ? [] : [text])),
      ['Ping is answered with Pong'],
    ],
    [
      'answers Ping with Ping',
      saysText((text) => [text.replace('Pong', 'Ping')]),
      ['Ping is answered with Pong'],
    ],
    [
      'does not hear Leave',
      hears(({ text }) => (isType(text, 'Leave') ? [] : [text])),
      ['after Leave nothing of the room arrives', 'after Leave a Message is answered with an Error'],
    ],
    [
      'says nothing after somebody left',
      broken.fallsSilentAfterLeave(),
      ['a room goes on when a member disconnects'],
    ],
  ])
})

/** The checks that hold a whole message against what it should be. */
function withUsername(): string[] {
  return [
    'Join makes a room, and a Message comes back to its sender with the username',
    'a Message reaches the other members of its room',
    'a member of two rooms gets the messages of both',
    'a room goes on when a member disconnects',
  ]
}

/** A Message goes to who is in any room. */
function sendsToAll(): broken.Break {
  const names = new Map<WebSocket, string>()
  const gone = new WeakSet<WebSocket>()
  return (service) =>
    broken.withSocket((socket) => {
      const send = socket.send.bind(socket)
      socket.on('message', (data: Buffer) => {
        const { type, room, content, username } = JSON.parse(data.toString())
        if (type === 'Join') names.set(socket, username)
        if (type === 'Leave') gone.add(socket)
        if (type !== 'Message' || !names.has(socket) || gone.has(socket)) return
        const text = JSON.stringify({ type, room, content, username: names.get(socket) })
        for (const other of names.keys()) other.emit('stray', text)
      })
      socket.on('stray', (text: string) => send(text))
      socket.on('close', () => names.delete(socket))
      Object.assign(socket, {
        send(data: Buffer, _options: object, written: () => void) {
          if (!isMessage(data.toString())) send(data.toString())
          written()
        },
      })
    })(service)
}

/** Joining a room leaves the one before. */
function leavesLastRoom(): broken.Break {
  const rooms = new WeakMap<WebSocket, string>()
  return hears(({ text }, socket) => {
    const { type, room } = JSON.parse(text)
    if (type !== 'Join') return [text]
    const last = rooms.get(socket)
    rooms.set(socket, room)
    return last === undefined ? [text] : [JSON.stringify({ type: 'Leave', room: last }), text]
  })
}

function joinsBySpeaking(): broken.Break {
  const joined = new WeakMap<WebSocket, string>()
  return hears(({ text }, socket) => {
    const { type, room } = JSON.parse(text)
    if (type === 'Join') joined.set(socket, room)
    if (type === 'Leave') joined.delete(socket)
    const isMissing = type === 'Message' && joined.get(socket) !== room
    return isMissing ? [JSON.stringify({ type: 'Join', room, username: 'wim' }), text] : [text]
  })
}

function sendsErrorsToAll(): broken.Break {
  const sockets = new Set<WebSocket>()
  return (service) =>
    broken.withSocket((socket) => {
      const send = socket.send.bind(socket)
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('wrong', (text: string) => send(text))
      Object.assign(socket, {
        send(data: Buffer, options: object, written: () => void) {
          const text = data.toString()
          if (isType(text, 'Error')) for (const other of sockets) other.emit('wrong', text)
          else send(text, options)
          written()
        },
      })
    })(service)
}
