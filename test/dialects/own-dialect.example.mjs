// A chat server that takes lines of text: "NICK name", "ENTER room" and "SAY room text". Everyone in the room gets
// "<name> text"; the server itself says "* name entered" and "* name left", and "PONG" now and then.
//
//   stress ws://chat.example --dialect ./own-dialect.example.mjs --rooms 10

/** @type {import('ws-stress').Dialect} */
export default {
  name: 'say',
  // A message reaches each member of the sender's room, the sender included.
  audience: 'room',
  frames: 'text',

  // Sent in this order as soon as a connection is open.
  opening: ({ client, room }) => [`NICK user${client}`, `ENTER room${room}`],

  // `content` has the numbers by which a message is found again. It has to be in the message once and as it is;
  // what the server puts around it does not matter.
  write: (content, { room }) => `SAY room${room} ${content}`,

  // Only asked about frames without such a content.
  classify: (text) => (text.startsWith('* ') || text === 'PONG' ? 'control' : 'noise'),
}
