import { once } from 'node:events'
import net from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

type Module = typeof import('../../src/engine/direct-writer.ts')

let direct: Module
let server: net.Server
let client: net.Socket
let peer: net.Socket

beforeEach(async () => {
  vi.resetModules()
  direct = await import('../../src/engine/direct-writer.ts')
  server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[net.Socket]>
  client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
  await once(client, 'connect')
  ;[peer] = await accepted
})

afterEach(() => {
  client.destroy()
  peer.destroy()
  server.close()
})

async function receive(bytes: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  peer.resume()
  for await (const piece of peer.iterator({ destroyOnReturn: false })) {
    pieces.push(piece as Buffer)
    length += (piece as Buffer).length
    if (length >= bytes) break
  }
  return Buffer.concat(pieces)
}

describe('the direct writer', () => {
  it('is in use on this Node once a connection has sent its request', async () => {
    expect(direct.directHandle(client)).toBeNull()
    direct.writeFirst(client, 'GET /é ')
    const handle = direct.directHandle(client)
    expect(handle).not.toBeNull()
    expect(direct.writeDirect(handle!, Buffer.from('one '))).toBe(0)
    expect(direct.writeDirect(handle!, Buffer.from('two'))).toBe(0)
    expect((await receive(15)).toString()).toBe('GET /é one two')
  })

  it('says how much the kernel has not taken, and loses nothing of it', async () => {
    direct.writeFirst(client, 'x')
    const handle = direct.directHandle(client)!
    const size = 1 << 20
    const sent = Array.from({ length: 16 }, (_, index) => Buffer.alloc(size, index))
    const waiting = sent.map((bytes) => direct.writeDirect(handle, bytes))
    expect(waiting.at(-1)).toBeGreaterThan(0)
    expect(waiting.at(-1)).toBeLessThanOrEqual(16 * size)
    const all = await receive(1 + 16 * size)
    expect(all.subarray(1).equals(Buffer.concat(sent))).toBe(true)
  })

  it('gives the error number of a connection that is gone', async () => {
    direct.writeFirst(client, 'x')
    const handle = direct.directHandle(client)!
    client.destroy()
    await once(client, 'close')
    expect(direct.writeDirect(handle, Buffer.from('late'))).toBeLessThan(0)
  })

  it('stays out of the way where the handle is not what it knows', () => {
    const written: string[] = []
    const stranger = {
      _handle: { writeBuffer() {} },
      write: (text: string) => written.push(text),
    } as unknown as net.Socket
    direct.writeFirst(stranger, 'hello')
    expect(written).toEqual(['hello'])
    expect(direct.directHandle(stranger)).toBeNull()
  })
})
