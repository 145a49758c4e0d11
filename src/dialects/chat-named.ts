/** The first text is the user's name; then text T reaches everyone as "NAME: T". Joins and leaves are told to all. */
import type { Dialect } from './dialect.ts'

const NOTICE = / (?:joined|left) the chat$/

export const chatNamed: Dialect = {
  name: 'chat-named',
  description: 'the first text is the name, each further one reaches every client as "NAME: …"',
  audience: 'everyone',
  frames: 'text',
  opening: ({ client }) => [`user-${client}`],
  classify: (text) => (NOTICE.test(text) ? 'control' : 'noise'),
}
