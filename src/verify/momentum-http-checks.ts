/** Momentum: the HTTP side, the lists it keeps, and how it cleans them up. */
import { randomUUID } from 'node:crypto'
import { expectNone } from './broadcast-checks.ts'
import { type Check, expectSame, Mismatch } from './check.ts'
import type { HttpAnswer } from './http-request.ts'
import { periodic } from './interval.ts'
import { isObject } from './json-shape.ts'
import type { Lab, User } from './lab.ts'
import { expectFrame, goOnline, sendFrame } from './momentum-frames.ts'

const JSON_BODY = { 'content-type': 'application/json' }
/** Above what any framework takes unless told otherwise. */
const TOO_LARGE_BYTES = 4 * 1024 * 1024
const PING_MS = 30_000
const CLEANED_AFTER = 5

export const momentumHttpChecks: readonly Check[] = [
  {
    name: 'GET /ws/online lists who is online',
    async run(lab) {
      const { user } = await goOnline(lab)
      if (!(await isListed(lab, user))) throw new Mismatch(`user ${user.id} in the list`, 'a list without')
    },
  },
  {
    name: 'after a close the user is in the list no longer',
    async run(lab) {
      const { user, peer } = await goOnline(lab)
      peer.close()
      await peer.nextEnd('the end of the connection')
      await expectUnlisted(lab, user)
    },
  },
  {
    name: 'after a cut the user is in the list no longer',
    async run(lab) {
      const { user, peer } = await goOnline(lab)
      peer.cut()
      await expectUnlisted(lab, user)
    },
  },
  {
    name: 'GET /ws/stats counts connections',
    run: (lab) =>
      checkCounted(lab, 'connection', async () => {
        await goOnline(lab)
      }),
  },
  {
    name: 'GET /ws/stats counts messages',
    async run(lab) {
      const { peer } = await goOnline(lab)
      await checkCounted(lab, 'message', async () => {
        const mark = lab.mark()
        sendFrame(peer, 'text', { content: mark })
        await peer.next('the message back', (one) => one.kind === 'text' && one.text.includes(mark))
      })
    },
  },
  {
    name: 'POST /ws/broadcast reaches everyone',
    async run(lab) {
      const users = [await goOnline(lab), await goOnline(lab)]
      const mark = lab.mark()
      const data = { content: mark, priority: 'low' }
      expectDone(await post(lab, '/ws/broadcast', { message_type: 'system_message', data }))
      for (const { peer } of users) await expectFrame(peer, mark, 'system_message', data)
    },
  },
  {
    name: 'POST /ws/send reaches that user',
    async run(lab) {
      const { user, peer } = await goOnline(lab)
      const data = { content: lab.mark() }
      expectDone(await post(lab, '/ws/send', { to_user_id: user.id, message_type: 'text', data }))
      await expectFrame(peer, data.content, 'text', data)
    },
  },
  {
    name: 'POST /ws/send reaches nobody else',
    async run(lab) {
      const [target, other] = [await goOnline(lab), await goOnline(lab)]
      const [mark, fence] = [lab.mark(), lab.mark()]
      await post(lab, '/ws/send', {
        to_user_id: target.user.id,
        message_type: 'text',
        data: { content: mark },
      })
      sendFrame(other.peer, 'text', { content: fence })
      expectNone(await other.peer.collectUntil(fence), mark, 'the frame for its receiver alone')
    },
  },
  {
    name: 'POST /ws/send to a user who is offline is answered with 404',
    async run(lab) {
      const body = { to_user_id: randomUUID(), message_type: 'text', data: { content: lab.mark() } }
      expectStatus(404, await post(lab, '/ws/send', body))
    },
  },
  {
    name: 'a POST body that is not JSON is answered with 400',
    async run(lab) {
      for (const path of ['/ws/broadcast', '/ws/send'])
        expectStatus(400, await lab.ask('POST', path, { body: '{"message_type":', headers: JSON_BODY }), path)
    },
  },
  {
    name: 'a POST without message_type or to_user_id is answered with 400',
    async run(lab) {
      const data = { content: lab.mark() }
      expectStatus(400, await post(lab, '/ws/broadcast', { data }), '/ws/broadcast')
      expectStatus(400, await post(lab, '/ws/send', { message_type: 'text', data }), '/ws/send')
    },
  },
  {
    name: 'a POST body of 4 MiB is answered with 413',
    async run(lab) {
      const body = { message_type: 'text', data: { content: 'x'.repeat(TOO_LARGE_BYTES) } }
      expectStatus(413, await post(lab, '/ws/broadcast', body))
    },
  },
  {
    name: 'another method is answered with 405',
    async run(lab) {
      for (const path of ['/ws/online', '/ws/stats'])
        expectStatus(405, await lab.ask('DELETE', path), `DELETE ${path}`)
      for (const path of ['/ws/broadcast', '/ws/send'])
        expectStatus(405, await lab.ask('GET', path), `GET ${path}`)
    },
  },
  periodic(PING_MS, CLEANED_AFTER, {
    name: 'a connection that neither speaks nor answers pings is closed and leaves the list',
    async run(lab) {
      const user = lab.nextUser()
      const peer = await lab.connect({ token: user.token, pong: false })
      await peer.nextEnd('the end of the connection')
      await expectUnlisted(lab, user)
    },
  }),
  {
    name: 'GET /demo is answered with a page',
    async run(lab) {
      const { status, contentType } = await lab.ask('GET', '/demo')
      expectSame('HTTP 200, text/html', `HTTP ${status}, ${contentType.split(';')[0]}`)
    },
  },
]

function post(lab: Lab, path: string, body: object): Promise<HttpAnswer> {
  return lab.ask('POST', path, { body: JSON.stringify(body), headers: JSON_BODY })
}

function expectStatus(wanted: number, { status }: HttpAnswer, where = ''): void {
  const suffix = where === '' ? '' : ` from ${where}`
  expectSame(`HTTP ${wanted}${suffix}`, `HTTP ${status}${suffix}`)
}

function expectDone({ status }: HttpAnswer): void {
  if (status < 200 || status > 299) throw new Mismatch('HTTP 2xx', `HTTP ${status}`)
}

async function isListed(lab: Lab, user: User): Promise<boolean> {
  const answer = await lab.ask('GET', '/ws/online')
  expectStatus(200, answer, '/ws/online')
  return answer.body.includes(user.id)
}

/** The server may be some turns behind the client: asks again until the time is up. */
async function expectUnlisted(lab: Lab, user: User): Promise<void> {
  const listed = (): Promise<boolean> =>
    isListed(lab, user).catch((error: unknown) => {
      if (lab.signal.aborted) return true
      throw error
    })
  while (await listed()) {
    if (lab.signal.aborted) throw new Mismatch('a list without the user', 'the user in it all the time given')
  }
}

/** Some count with that word in its name must have grown. */
async function checkCounted(lab: Lab, word: string, act: () => Promise<void>): Promise<void> {
  const before = await readCounts(lab, word)
  await act()
  const after = await readCounts(lab, word)
  const hasGrown = [...after].some(([name, count]) => count > (before.get(name) ?? 0))
  if (!hasGrown)
    throw new Mismatch(
      `a greater ${word} count than before`,
      [...after].map(([name, count]) => `${name} ${count}`).join(', ') || 'no such count',
    )
}

async function readCounts(lab: Lab, word: string): Promise<Map<string, number>> {
  const answer = await lab.ask('GET', '/ws/stats')
  expectStatus(200, answer, '/ws/stats')
  const counts = new Map<string, number>()
  collectNumbers(parse(answer.body), '', counts)
  return new Map([...counts].filter(([name]) => name.includes(word)))
}

function collectNumbers(value: unknown, name: string, counts: Map<string, number>): void {
  if (typeof value === 'number') counts.set(name, value)
  if (!isObject(value)) return
  for (const [key, inner] of Object.entries(value))
    collectNumbers(inner, name === '' ? key : `${name}.${key}`, counts)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Mismatch('JSON', 'something else')
  }
}
