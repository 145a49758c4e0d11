import { expect, it } from 'vitest'
import { Mailbox, type Waiter } from '../../src/engine/mailbox.ts'
import { compileExpectation } from '../../src/flows/expectation.ts'
import type { Expected } from '../../src/flows/flow.ts'
import { ReceivedMessage } from '../../src/flows/received-message.ts'

const message = (text: string) => new ReceivedMessage(Buffer.from(text), false)

function waitFor(mailbox: Mailbox, expected?: Expected, next = false): string[] {
  const heard: string[] = []
  const waiter: Waiter = {
    matches: compileExpectation(expected),
    next,
    take: ({ text }) => heard.push(text),
    refuse: ({ text }, thrown) =>
      heard.push(`not ${text}${thrown === null ? '' : `: ${String(thrown.error)}`}`),
  }
  mailbox.wait(waiter)
  return heard
}

it('gives the oldest that fits, and keeps the others in their order', () => {
  const mailbox = new Mailbox(1000)
  for (const text of ['a1', 'b1', 'a2', 'b2']) mailbox.put(message(text))
  expect([waitFor(mailbox, 'b'), waitFor(mailbox, /^a/), waitFor(mailbox), waitFor(mailbox)]).toEqual([
    ['b1'],
    ['a1'],
    ['a2'],
    ['b2'],
  ])
})

it('tells those who wait in the order in which they asked, each message one of them', () => {
  const mailbox = new Mailbox(1000)
  const heard = [waitFor(mailbox, 'x'), waitFor(mailbox, 'x'), waitFor(mailbox, 'y')]
  for (const text of ['y1', 'x1', 'x2', 'x3']) mailbox.put(message(text))
  expect([heard, waitFor(mailbox)]).toEqual([[['x1'], ['x2'], ['y1']], ['x3']])
})

it('refuses the next that is another, and keeps it', () => {
  const mailbox = new Mailbox(1000)
  const heard = waitFor(mailbox, 'x', true)
  mailbox.put(message('y'))
  expect([heard, waitFor(mailbox, 'x', true), waitFor(mailbox)]).toEqual([['not y'], ['not y'], ['y']])
})

it('says what a function threw', () => {
  const mailbox = new Mailbox(1000)
  mailbox.put(message('x'))
  const angry = () => {
    throw new Error('no')
  }
  expect(waitFor(mailbox, angry)).toEqual(['not x: Error: no'])
})

it('drops the oldest beyond its bounds of messages and bytes, and never the last', () => {
  const mailbox = new Mailbox(10)
  expect([mailbox.put(message('12345678')), mailbox.put(message('ab')), mailbox.put(message('c'))]).toEqual([
    0, 0, 1,
  ])
  expect(mailbox.put(message('x'.repeat(50)))).toBe(2)
  expect(waitFor(mailbox, 'x')).toHaveLength(1)
  const many = new Mailbox(1e6)
  const dropped = Array.from({ length: 1500 }, () => many.put(message('x'))).reduce((sum, one) => sum + one)
  expect([dropped, many.clear(), many.clear()]).toEqual([500, 1000, 0])
})
