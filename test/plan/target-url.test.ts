import { describe, expect, test } from 'vitest'
import { parseTargetUrl, redactUrl } from '../../src/plan/target-url.ts'

describe('a target address', () => {
  test.each([
    ['ws://127.0.0.1:9001', 'ws://127.0.0.1:9001'],
    ['wss://example.com/chat?room=1', 'wss://example.com/chat?room=1'],
    ['localhost:9001', 'ws://localhost:9001'],
    ['[::1]:9001/ws', 'ws://[::1]:9001/ws'],
    ['example.com/ws', 'ws://example.com/ws'],
    ['ws://h/{client}?token={token}', 'ws://h/{client}?token={token}'],
    ['ws://user:pw@h:1/', 'ws://user:pw@h:1/'],
    ['http://h:1/events', 'http://h:1/events'],
  ])('%s is taken as %s', (text, url) => {
    expect(parseTargetUrl(text)).toEqual({ ok: true, value: url })
  })

  test.each([
    ['ftp://h', 'has the scheme ftp://'],
    ['ws://', 'is not an address'],
    ['', 'is not an address'],
    ['ws://h:99999', 'is not an address'],
    ['ws://h:0', 'has port 0'],
    ['ws://h/#top', 'has a #fragment, which WebSocket addresses do not allow'],
    ['ws://h/a b', 'contains a space'],
  ])('%s %s', (text, problem) => {
    expect(parseTargetUrl(text)).toEqual({ ok: false, problem })
  })
})

test.each([
  ['ws://user:pw@h:1/a', 'ws://h:1/a'],
  ['ws://h/a?token=abc&x=1', 'ws://h/a?token=…&x=…'],
  ['ws://h/a?flag', 'ws://h/a?flag'],
  ['user:p@w@h:1/a@b', 'h:1/a@b'],
  ['ws://h/{client}?t={token}', 'ws://h/{client}?t=…'],
  ['ws://user:p/w?x#y@h:1/a?k=v', 'ws://…'],
  ['ws://h:99999/#token=S3@CR3T', 'ws://…'],
  ['ws://h:99999/#token=S3CR3T', 'ws://h:99999/#…'],
  ['ws://127.0.0.1:1/#access_token=S3CR3T', 'ws://127.0.0.1:1/#…'],
  ['ws://h#S3CR3T/a?b=c@d', 'ws://h#…'],
  ['ws://h/a?k=v#S3CR3T?x=y', 'ws://h/a?k=…#…'],
  ['user:p/w@h:1', 'h:1'],
])('%s is shown as %s', (text, shown) => {
  expect(redactUrl(text)).toBe(shown)
})
