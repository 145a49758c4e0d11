import { expect, test } from 'vitest'
import { resolveUrls } from '../../src/verify/resolve-urls.ts'

test.each([
  ['momentum', 'ws://h:8000/ws', null, 'ws://h:8000/ws', 'http://h:8000', null],
  ['momentum', 'wss://h/ws', null, 'wss://h/ws', 'https://h', null],
  ['momentum', 'ws://h/momentum/ws', null, 'ws://h/momentum/ws', 'http://h/momentum', null],
  ['momentum', null, 'http://h:8000', 'ws://h:8000/ws', 'http://h:8000', null],
  ['momentum', null, 'https://h/momentum/', 'wss://h/momentum/ws', 'https://h/momentum', null],
  ['momentum', 'ws://a/ws', 'http://b', 'ws://a/ws', 'http://b', null],
  ['momentum', 'ws://h/ws?token=T&x=1', null, 'ws://h/ws?x=1', 'http://h', 'T'],
  ['momentum', 'ws://h/ws?token=', null, 'ws://h/ws', 'http://h', null],
  ['sse', null, 'http://h:3000', 'http://h:3000/events', 'http://h:3000', null],
  ['sse', null, 'https://h/sse/events', 'https://h/sse/events', 'https://h/sse/events', null],
  ['sse', 'ws://h:3000', null, 'http://h:3000/events', 'http://h:3000', null],
  ['echo', 'ws://h:9001/any?token=T', null, 'ws://h:9001/any?token=T', 'http://h:9001/any', null],
  ['echo', null, 'http://h:9001/any', 'ws://h:9001/any', 'http://h:9001/any', null],
])('%s with %s and %s', (dialect, wsUrl, serverUrl, url, httpUrl, token) => {
  expect(resolveUrls({ dialect, wsUrl, serverUrl })).toEqual({ url, httpUrl, token })
})
