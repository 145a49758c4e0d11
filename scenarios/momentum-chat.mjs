// What a user of Momentum does: comes online, says something now and then, writes to somebody, and leaves.
// Run by momentum-chat.yaml beside it, or: stress momentum-chat.mjs ws://HOST:8000/ws --dialect momentum --jwt-secret S

/** @type {import('ws-stress').Flow} */
export default async (client, context) => {
  // Everyone gets everyone's messages: by its id each client knows its own.
  const idOf = (what) => `${what}-${context.client}-${context.iteration}`
  const { room = 'lobby' } = context.row

  // The token is in the address, so the connection is the login; a pong says that the server knows us.
  await client.step('login', async () => {
    await client.send({ id: idOf('hello'), message_type: 'ping', data: {} })
    await client.expect({ '/message_type': 'pong', '/id': idOf('hello') }, { within: '2s' })
  })

  let user
  for (let n = 0; n < 3; n++) {
    await client.think('50ms', '200ms')
    await client.step('chat', async () => {
      const id = idOf(`text-${n}`)
      await client.send({ id, message_type: 'text', data: { content: `hello ${room}, ${n}` } })
      // Our own message comes back as everyone gets it, with our id as its sender.
      const message = await client.expect({ '/message_type': 'text', '/id': id })
      user = message.get('/from_user_id')
    })
  }

  // To one user alone; here to ourselves, since nobody else is sure to be online.
  await client.step('whisper', async () => {
    const id = idOf('whisper')
    await client.send({ id, message_type: 'text', data: { content: 'psst' }, to_user_id: user })
    await client.expect({ '/id': id, '/to_user_id': user, '/data/content': /^psst$/ })
  })

  // The next flow of this client comes with a connection of its own.
  await client.close()
}
