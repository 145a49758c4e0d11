/** Momentum's users and frames, for its checks. */
import { randomUUID } from 'node:crypto'
import { type Arrival, describeArrivals } from './arrival.ts'
import { Mismatch } from './check.ts'
import { isObject, type JsonObject, readObject } from './json-shape.ts'
import type { Lab, User } from './lab.ts'
import { hasMark, type Peer } from './peer.ts'

/** Someone online. */
export interface Online {
  readonly user: User
  readonly peer: Peer
}

/** Connects another user, and waits until the server serves the connection. */
export async function goOnline(lab: Lab): Promise<Online> {
  const user = lab.nextUser()
  return { user, peer: await lab.join({ token: user.token }) }
}

/** Sends a frame as a client writes it; returns its id. */
export function sendFrame(peer: Peer, messageType: string, data: JsonObject, toUserId?: string): string {
  const id = randomUUID()
  const timestamp = new Date().toISOString()
  const routed = toUserId === undefined ? {} : { to_user_id: toUserId }
  peer.send(JSON.stringify({ id, message_type: messageType, data, timestamp, ...routed }))
  return id
}

/** The next frame with the mark, which must have that type and those values in its data. */
export async function expectFrame(
  peer: Peer,
  mark: string,
  messageType: string,
  data: JsonObject,
): Promise<JsonObject> {
  const expected = `message_type ${messageType} with data ${JSON.stringify(data)}`
  const arrival = await peer.next(expected, (one) => hasMark(one, mark))
  const frame = readObject(arrival) ?? {}
  const seen = dataOf(frame)
  const isSame = Object.entries(data).every(([key, value]) => seen[key] === value)
  if (frame.message_type !== messageType || !isSame) throw new Mismatch(expected, describeArrivals([arrival]))
  return frame
}

/** The next frame of that type, with any of those before passed over. */
export async function nextOfType(
  peer: Peer,
  messageType: string,
  accepts: (frame: JsonObject) => boolean = () => true,
): Promise<JsonObject> {
  const matches = (arrival: Arrival): boolean => {
    const frame = readObject(arrival)
    return frame?.message_type === messageType && accepts(frame)
  }
  return readObject(await peer.next(`message_type ${messageType}`, matches)) ?? {}
}

/** A frame's data; empty when it has none. */
export function dataOf(frame: JsonObject): JsonObject {
  return isObject(frame.data) ? frame.data : {}
}
