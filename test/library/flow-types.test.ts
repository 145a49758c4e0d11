/** What a flow may write, as a program's compiler sees it. */
import { expect, expectTypeOf, it } from 'vitest'
import type {
  Expected,
  Flow,
  FlowClient,
  FlowContext,
  FlowMessage,
  FlowTime,
  RunSettings,
} from '../../src/index.ts'

it('a flow is a function of a client and its context, with rows of texts unless said otherwise', () => {
  const plain: Flow = async (client, context) => {
    expectTypeOf(client).toEqualTypeOf<FlowClient>()
    expectTypeOf(context.row).toEqualTypeOf<Readonly<Record<string, string>>>()
    await client.send(context.row.user)
  }
  const typed: Flow<{ user: string; age: number }> = async (client, { row, env, token, signal, random }) => {
    expectTypeOf(row.age).toBeNumber()
    expectTypeOf(env.KEY).toEqualTypeOf<string | undefined>()
    expectTypeOf(token).toBeString()
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
    expectTypeOf(random()).toBeNumber()
    const id = await client.step('login', async () => {
      await client.send({ user: row.user })
      const message = await client.expect(
        { '/type': 'welcome', '/id': (id: unknown) => id !== null },
        { within: '2s' },
      )
      return message.get<string>('/id')
    })
    expectTypeOf(id).toEqualTypeOf<string | undefined>()
    expectTypeOf(await client.ping({ within: 500 })).toBeNumber()
    expectTypeOf(await client.expectClose()).toBeNumber()
  }
  expect([typeof plain, typeof typed]).toEqual(['function', 'function'])
})

it('what can be expected, and times', () => {
  expectTypeOf<
    'text' | RegExp | Uint8Array | { '/a/b': 1 } | ((message: FlowMessage) => boolean)
  >().toExtend<Expected>()
  expectTypeOf<number>().not.toExtend<Expected>()
  expectTypeOf<FlowTime>().toEqualTypeOf<number | string>()
  expectTypeOf<FlowContext['client']>().toBeNumber()
})

it('run() takes one', () => {
  expectTypeOf<{
    flow: URL
    testType: 'flow'
    data: 'users.csv'
    dataMode: 'unique'
    vars: string[]
    flowTimeout: '5s'
  }>().toExtend<RunSettings>()
})
