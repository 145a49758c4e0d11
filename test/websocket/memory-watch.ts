/** Sees how much memory the frame reader takes while it reads, by standing in for the two functions it gets it from. */
export class MemoryWatch {
  /** Largest buffer for a message, since the last reset. */
  largest = 0
  /** All buffers for messages together. */
  total = 0
  /** Largest copy of a frame's start. */
  largestStart = 0

  reset(): void {
    this.largest = 0
    this.total = 0
    this.largestStart = 0
  }

  /** Watches while `work` runs. */
  during(work: () => void): void {
    const { from, allocUnsafeSlow } = Buffer
    Object.assign(Buffer, {
      allocUnsafeSlow: (size: number) => {
        if (size > this.largest) this.largest = size
        this.total += size
        return allocUnsafeSlow.call(Buffer, size)
      },
      from: (value: Uint8Array, second: number, third: number) => {
        if (value.length > this.largestStart) this.largestStart = value.length
        return (from as unknown as (...values: unknown[]) => Buffer).call(Buffer, value, second, third)
      },
    })
    try {
      work()
    } finally {
      Object.assign(Buffer, { from, allocUnsafeSlow })
    }
  }
}
