import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { EventReader, type StreamMemory } from '../../src/engine/event-reader.ts'

/** What is told after each chunk, and what is remembered at the end. */
function read(chunks: readonly (string | Buffer)[], lastEventId = '') {
  const memory: StreamMemory = { lastEventId, retryMs: null }
  let told: string[] = []
  const sink = {
    onEvent: (data: Buffer) => told.push(data.toString()),
    onComment: () => told.push(':'),
    onTooLarge: () => told.push('too large'),
  }
  const reader = new EventReader(sink, memory, 1000)
  const after = chunks.map((chunk) => {
    told = []
    reader.read(Buffer.from(chunk))
    return told
  })
  return { after, memory }
}

describe('lines of an event stream', () => {
  test.each([
    ['CR', ['data: a\r\r', 'data: b\r\r'], [['a'], ['b']]],
    ['CRLF', ['data: a\r\n\r\n', 'data: b\r\n\r\n'], [['a'], ['b']]],
    ['CRLF, split within', ['data: a\r\n\r', '\ndata: b\r', '\n\r', '\n'], [['a'], [], ['b'], []]],
    ['CR, then a chunk that begins with LF', ['data: a\r', '\n\n'], [[], ['a']]],
    ['CR, an empty chunk, LF', ['data: a\r', '', '\ndata: b\r\r'], [[], [], ['a\nb']]],
    ['LF after CR LF is a line of its own', ['data: a\r\n', '\n'], [[], ['a']]],
    ['all three', [':x\rdata: a\ndata: b\r\n\r'], [[':', 'a\nb']]],
  ])('end with %s, and at once', (_name, chunks, after) => {
    expect(read(chunks).after).toEqual(after)
  })

  it('mean the same however they end and are split', () => {
    const end = fc.constantFrom('\r', '\n', '\r\n')
    const line = fc.constantFrom('data: a', 'data: bü', ': c', 'id: 1', 'id: 2', 'id', '', '')
    const lines = fc.array(fc.tuple(line, end), { maxLength: 20 })
    fc.assert(
      fc.property(lines, fc.array(fc.nat(200)), (written, cuts) => {
        // A CR and an LF that ends an empty line behind it would be one end.
        const safe = written.map(([text, ending], index) => {
          const next = written[index + 1]
          return ending === '\r' && next?.[0] === '' && next[1] === '\n' ? `${text}\n` : text + ending
        })
        const bytes = Buffer.from(safe.join(''))
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        const chunks = at.slice(1).map((stop, index) => bytes.subarray(at[index], stop))
        const plain = read([written.map(([text]) => `${text}\n`).join('')])
        const found = read(chunks)
        expect(found.after.flat()).toEqual(plain.after.flat())
        expect(found.memory).toEqual(plain.memory)
      }),
    )
  })
})

describe('the id of the last event', () => {
  test.each([
    ['of an event', ['id: 1\ndata: a\n\n'], '1'],
    ['of a block without data', ['id: 1\ndata: a\n\nid: 7\n\n'], '7'],
    ['of a block that is not complete does not count', ['id: 1\n\nid: 7\n'], '1'],
    ['stays when a block has none', ['id: 1\n\n', 'data: b\n\n'], '1'],
    ['in pieces', ['i', 'd', ':', ' 1', '2\r', '\r'], '12'],
    ['without a space', ['id:3\n\n'], '3'],
    ['with a colon', ['id: a:b\n\n'], 'a:b'],
    ['is emptied', ['id: 1\n\nid\n\n'], ''],
    ['with a control character does not count', ['id: 1\n\nid: 2\0\n\n'], '1'],
    ['is no other field', ['id: 1\n\nidx: 2\n\n:id: 3\n\ndata: id: 4\n\n'], '1'],
    ['is no end of a longer line', ['id: 1\n\ndata: x', 'id: 2\n\n'], '1'],
  ])('%s', (_name, chunks, id) => {
    expect(read(chunks).memory.lastEventId).toBe(id)
  })

  it('outlives the response that it came in', () => {
    expect(read(['data: a\n\n'], '5').memory.lastEventId).toBe('5')
  })
})

it('an event over the limit ends the reading, with its id not kept', () => {
  const { after, memory } = read([`id: 9\ndata: ${'x'.repeat(1001)}\n\n`, 'data: a\n\n'])
  expect([after, memory.lastEventId]).toEqual([[['too large'], []], ''])
})
