/** Figures as findings say them. What reports show in their tables is formatted there. */

/** `60 s`, `2.1 s`, `0.35 s`, `4 ms`: to the second from ten on. */
export function sayTime(us: number): string {
  if (us < 100_000) return `${us < 10_000 ? Number((us / 1000).toFixed(1)) : Math.round(us / 1000)} ms`
  const digits = us < 1e6 ? 2 : us < 9.95e6 ? 1 : 0
  return `${(us / 1e6).toFixed(digits)} s`
}

/** `1,000`. */
export function sayCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** `60 s`, or `3.1 to 45 s` where the two differ when said. */
export function sayRange(lowUs: number, highUs: number): string {
  const [low, high] = [sayTime(lowUs), sayTime(highUs)]
  return low === high ? low : `${low} to ${high}`
}

/** `all 20`, or `3 of 20`. */
export function sayPart(part: number, whole: number): string {
  return part === whole ? `all ${sayCount(whole)}` : `${sayCount(part)} of ${sayCount(whole)}`
}

/** `4.1 kB`, `-120 B`, `2.3 MB`: two digits. */
export function sayBytes(bytes: number): string {
  const size = Math.abs(bytes)
  const [unit, by] = size >= 999_500 ? ['MB', 1e6] : size >= 999.5 ? ['kB', 1e3] : ['B', 1]
  return `${Number((bytes / by).toPrecision(by === 1 ? 3 : 2))} ${unit}`
}
