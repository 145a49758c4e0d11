/** A part of a report. The greater `rank`, the sooner it gives way when the report is too long; 0 never does. */
export interface Section {
  readonly rank: number
  readonly lines: readonly string[]
  /** A blank line stands before it, unless it is the first. */
  readonly apart: boolean
}

/**
 * Puts sections together in at most `limit` lines: whole sections give way, the greatest rank first, the last of equals.
 * `explain` makes the footnotes for the lines that stayed; they stand between `body` and `tail`.
 */
export function fitSections(
  body: readonly Section[],
  explain: (lines: readonly string[]) => readonly string[],
  tail: readonly Section[],
  limit: number,
): string[] {
  let kept = [...body, ...tail].filter((section) => section.lines.length > 0)
  for (;;) {
    const top = joinSections(kept.filter((section) => body.includes(section)))
    const lines = [...top, ...explain(top), ...joinSections(kept.filter((section) => tail.includes(section)))]
    const worst = kept.reduce((rank, section) => Math.max(rank, section.rank), 0)
    if (lines.length <= limit || worst === 0) return lines
    const at = kept.findLastIndex((section) => section.rank === worst)
    kept = kept.filter((_, index) => index !== at)
  }
}

function joinSections(sections: readonly Section[]): string[] {
  return sections.flatMap(({ apart, lines }, index) => (apart && index > 0 ? ['', ...lines] : lines))
}
