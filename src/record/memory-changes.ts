/** A shard's memory in another process: what changed in it since the last time, as bytes that a pipe can carry. */

const BLOCK_BYTES = 1024

export interface Changes {
  /** Numbers of the blocks of 1 KiB that changed, ascending. */
  readonly blocks: Uint32Array
  /** Their bytes, one after the other; the memory's last block may be shorter. */
  readonly bytes: Uint8Array
}

/** Finds what changed. Holds a copy of the memory, which another thread may write meanwhile. */
export class MemoryChanges {
  readonly #memory: Buffer
  readonly #known: Buffer

  constructor(memory: ArrayBufferLike) {
    this.#memory = Buffer.from(memory)
    this.#known = Buffer.alloc(memory.byteLength)
  }

  /** Everything that is other than at the last call; zero at first. */
  take(): Changes {
    const blocks: number[] = []
    const pieces: Buffer[] = []
    for (let from = 0; from < this.#memory.length; from += BLOCK_BYTES) {
      const to = Math.min(from + BLOCK_BYTES, this.#memory.length)
      if (this.#memory.compare(this.#known, from, to, from, to) === 0) continue
      // What goes out is the copy, so that a write in between is seen as a change the next time.
      this.#memory.copy(this.#known, from, from, to)
      blocks.push(from / BLOCK_BYTES)
      pieces.push(this.#known.subarray(from, to))
    }
    return { blocks: Uint32Array.from(blocks), bytes: Buffer.concat(pieces) }
  }
}

/** Writes changes into a memory of the same size. Twice does no harm. */
export function applyChanges(memory: ArrayBufferLike, { blocks, bytes }: Changes): void {
  const target = new Uint8Array(memory)
  let from = 0
  for (const block of blocks) {
    const at = block * BLOCK_BYTES
    const length = Math.min(BLOCK_BYTES, target.length - at)
    target.set(bytes.subarray(from, from + length), at)
    from += length
  }
}
