/** Chat in JSON: a message that parses goes to everyone, re-serialised; one that does not is dropped silently. */
import { expectNone } from './broadcast-checks.ts'
import type { Check } from './check.ts'
import { accepted, closeAnswered, pingAnswered } from './connection-checks.ts'
import type { Lab } from './lab.ts'

const TIMESTAMP_SEC = 1_700_000_000

export const chatJsonChecks: readonly Check[] = [
  accepted,
  {
    name: 'a message comes back to its sender',
    run: (lab) => checkDelivered(lab, true, (content) => message(content)),
  },
  {
    name: 'a message reaches the others',
    run: (lab) => checkDelivered(lab, false, (content) => message(content)),
  },
  {
    name: 'its keys come as username, content, timestamp, without blanks',
    run: (lab) =>
      checkDelivered(
        lab,
        true,
        (content) =>
          `{ "timestamp": ${TIMESTAMP_SEC}, "content": ${JSON.stringify(content)},\n "username": "vera" }`,
      ),
  },
  {
    name: 'quotes, line breaks and text beyond ASCII survive',
    run: (lab) => checkDelivered(lab, true, (content) => message(content), ' "é"\\ \n\t用户 😀'),
  },
  dropped('text that is not JSON', (mark) => `{"username":"vera","content":"${mark}"`),
  dropped('a message without a username', (mark) =>
    JSON.stringify({ content: mark, timestamp: TIMESTAMP_SEC }),
  ),
  dropped('a message without content', (mark) =>
    JSON.stringify({ username: mark, timestamp: TIMESTAMP_SEC }),
  ),
  dropped('a message without a timestamp', (mark) => JSON.stringify({ username: 'vera', content: mark })),
  dropped('a timestamp that is no integer', (mark) =>
    JSON.stringify({ username: 'vera', content: mark, timestamp: `${TIMESTAMP_SEC}` }),
  ),
  pingAnswered,
  closeAnswered,
]

function message(content: string): string {
  return JSON.stringify({ username: 'vera', content, timestamp: TIMESTAMP_SEC })
}

async function checkDelivered(
  lab: Lab,
  toSender: boolean,
  write: (content: string) => string,
  more = '',
): Promise<void> {
  const [sender, other] = [await lab.join(), await lab.join()]
  const mark = lab.mark()
  sender.send(write(mark + more))
  await (toSender ? sender : other).expectMarked(mark, message(mark + more))
}

function dropped(what: string, write: (mark: string) => string): Check {
  return {
    name: `${what} is dropped silently`,
    async run(lab) {
      const [sender, other] = [await lab.join(), await lab.join()]
      const [invalid, fence] = [lab.mark(), lab.mark()]
      sender.send(write(invalid))
      sender.send(message(fence))
      const expected = 'nothing for it, and the connection still open'
      expectNone(await sender.collectUntil(fence), invalid, expected)
      expectNone(await other.collectUntil(fence), invalid, expected)
    },
  }
}
