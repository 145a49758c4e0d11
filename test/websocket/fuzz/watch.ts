/** Sees how much memory the frame reader takes while it reads, by standing in for the three functions it gets it from. */
export class Watch {
  /** Largest buffer for a message. */
  largest = 0
  /** All buffers for messages together. */
  total = 0
  /** Largest copy of a frame's start. */
  largestStart = 0
  #from = Buffer.from
  #allocate = Buffer.allocUnsafeSlow

  start(): void {
    this.largest = 0
    this.total = 0
    this.largestStart = 0
    Object.assign(Buffer, {
      allocUnsafeSlow: (size: number) => {
        this.largest = Math.max(this.largest, size)
        this.total += size
        return this.#allocate.call(Buffer, size)
      },
      from: (bytes: Uint8Array) => {
        this.largestStart = Math.max(this.largestStart, bytes.length)
        return this.#from.call(Buffer, bytes)
      },
    })
  }

  stop(): void {
    Object.assign(Buffer, { from: this.#from, allocUnsafeSlow: this.#allocate })
  }
}
