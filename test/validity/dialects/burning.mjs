/** A dialect that takes 30 µs of the generator's own CPU for each frame beside the replies. */
export default {
  name: 'burning',
  audience: 'sender',
  classify() {
    const endMs = performance.now() + 0.03
    while (performance.now() < endMs);
    return 'control'
  },
}
