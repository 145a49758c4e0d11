import { describe, expect, it } from 'vitest'
import { hideSent, listSent } from '../../src/engine/hide-sent.ts'
import type { Dial } from '../../src/engine/link.ts'

const dial = (change: Partial<Dial>): Dial => ({
  address: '127.0.0.1',
  port: 1,
  tls: null,
  host: 'h',
  path: '/',
  headers: [],
  requestHead: '',
  subprotocols: [],
  localAddress: null,
  token: '',
  ...change,
})

describe('what was sent is not in the address that a server sends us to', () => {
  it.each([
    ['a token in the path', { token: 'S3CR3T' }, '/ws/S3CR3T/', '/ws/…/'],
    ['a token with a slash, encoded', { token: 'S3C/R3T' }, '/ws/S3C%2FR3T', '/ws/…'],
    ['a token with a slash, as it is', { token: 'S3C/R3T' }, '/ws/S3C/R3T', '/ws/…'],
    ['a query value', { path: '/?key=S3CR3T&a=1' }, '/S3CR3T', '/…'],
    ['a query value that was encoded', { path: '/?key=S3%20CR3T' }, '/S3%20CR3T', '/…'],
    ['a header', { headers: [['X-Key', 'S3CR3T']] }, '/S3CR3T', '/…'],
    ['the word behind Bearer', { headers: [['Authorization', 'Bearer S3CR3T']] }, '/S3CR3T', '/…'],
    ['a cookie', { headers: [['Cookie', 'a=b; sid=S3CR3T; c=d']] }, '/S3CR3T', '/…'],
    ['the password of Basic', { headers: [['Authorization', 'Basic bWU6UzNDUjNU']] }, '/S3CR3T', '/…'],
    ['the beginning of a token at the cut', { token: 'S3CR3T-and-more' }, '/ws/S3CR3T', '/ws/…'],
  ] as [string, Partial<Dial>, string, string][])('%s', (_, change, address, shown) => {
    expect(hideSent(`301 -> ${address}`, dial(change))).toBe(`301 -> ${shown}`)
  })

  it.each([
    ['the origin', { headers: [['Origin', 'https://h.test']] }, 'https://h.test/login'],
    [
      'a word of under five letters',
      {
        headers: [
          ['X-A', 'ws'],
          ['Authorization', 'Bearer a'],
        ],
      },
      '/ws/a',
    ],
    ['nothing at all', {}, '/login'],
  ] as [string, Partial<Dial>, string][])('%s stays', (_, change, address) => {
    expect(hideSent(`301 -> ${address}`, dial(change))).toBe(`301 -> ${address}`)
  })

  it('other details are left alone', () => {
    expect(hideSent('no Sec-WebSocket-Accept', dial({ token: 'Accept' }))).toBe('no Sec-WebSocket-Accept')
  })
})

it('the empty token is none', () => {
  expect(listSent(dial({}))).toEqual([])
})
