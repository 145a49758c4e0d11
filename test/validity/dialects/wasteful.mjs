/** A dialect that allocates some 10 KB for each frame beside the replies and keeps the last 20,000 of them: work for the collector. */
const kept = []
let next = 0

export default {
  name: 'wasteful',
  audience: 'sender',
  classify(text) {
    kept[next++ % 20_000] = Array.from({ length: 300 }, (_, n) => ({ n, text }))
    return 'control'
  },
}
