import { expect, test } from 'vitest'
import { fillTarget } from '../../src/client/target.ts'

test.each([
  ['ws://h/ws', 't/o+k', 'ws://h/ws?token=t%2Fo%2Bk'],
  ['ws://h/ws?room=1', 'tok', 'ws://h/ws?room=1&token=tok'],
  ['ws://h/ws?token=old', 'new', 'ws://h/ws?token=new'],
  ['ws://h/ws?jwt={token}', 'a&b', 'ws://h/ws?jwt=a%26b'],
  ['ws://h/{client}', null, 'ws://h/0'],
  ['ws://h/ws', null, 'ws://h/ws'],
])('%s with token %s', (url, token, filled) => {
  expect(fillTarget(url, [], token).url).toBe(filled)
})

test('a token that has its place in a header does not go into the URL', () => {
  expect(fillTarget('ws://h/ws', [['Authorization', 'Bearer {token}']], 'tok')).toEqual({
    url: 'ws://h/ws',
    headers: [['Authorization', 'Bearer tok']],
  })
})
