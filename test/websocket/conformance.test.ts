import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FrameReader } from '../../src/websocket/frame-reader.ts'
import { checkOurAnswers, checkWsAnswers, isForSockets } from './conformance/check-answers.ts'
import { checkOurHandshake, checkWsHandshake } from './conformance/check-handshake.ts'
import { checkOurs, checkWs } from './conformance/check-reading.ts'
import { handshakes } from './conformance/handshakes.ts'
import { type RawServer, startRawServer } from './conformance/raw-server.ts'
import { table } from './conformance/table.ts'

const named = table.map((row) => [row.id, row.words, row] as const)

describe('RFC 6455, the client side, by Autobahn case id', () => {
  it('the table has at least 200 rows of the suite, each id once', () => {
    const ids = table.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => /^\d/.test(id)).length).toBeGreaterThanOrEqual(200)
  })

  describe('read by our reader and by ws', () => {
    it.each(named)('%s %s', (_id, _words, row) => {
      expect([...checkOurs(row, FrameReader), ...checkWs(row)].join('\n')).toBe('')
    })
  })

  describe('answered by our connection and by the ws client', () => {
    let server: RawServer
    beforeAll(async () => {
      server = await startRawServer()
    })
    afterAll(() => server.close())

    it.each(named.filter(([, , row]) => isForSockets(row)))('%s %s', async (_id, _words, row) => {
      const [ours, theirs] = await Promise.all([checkOurAnswers(row, server), checkWsAnswers(row, server)])
      expect([...ours, ...theirs].join('\n')).toBe('')
    })
  })
})

describe('the opening handshake, by our connection and by the ws client', () => {
  let server: RawServer
  beforeAll(async () => {
    server = await startRawServer()
  })
  afterAll(() => server.close())

  it.each(handshakes.map((row) => [row.id, row.words, row] as const))('%s %s', async (_id, _words, row) => {
    const [ours, theirs] = await Promise.all([checkOurHandshake(row, server), checkWsHandshake(row, server)])
    expect([...ours, ...theirs].join('\n')).toBe('')
  })
})
