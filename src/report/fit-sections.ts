/** A part of a report. The greater `rank`, the sooner it gives way when the report is too long; 0 never does. */
export interface Section {
  readonly rank: number
  readonly lines: readonly string[]
  /** A blank line stands before it, unless it is the first. */
  readonly apart: boolean
  /** What takes its place, without a blank line, when it gives way; absent: nothing. */
  readonly instead?: readonly string[]
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
  let kept = [...body.map(inBody), ...tail.map(inTail)].filter(({ lines }) => lines.length > 0)
  for (;;) {
    const top = joinSections(kept.filter(({ isTail }) => !isTail))
    const lines = [...top, ...explain(top), ...joinSections(kept.filter(({ isTail }) => isTail))]
    const worst = kept.reduce((rank, section) => Math.max(rank, section.rank), 0)
    if (lines.length <= limit || worst === 0) return lines
    const at = kept.findLastIndex((section) => section.rank === worst)
    kept = kept.flatMap((section, index) => {
      if (index !== at) return [section]
      return section.instead === undefined
        ? []
        : [{ ...section, rank: 0, apart: false, lines: section.instead }]
    })
  }
}

const inBody = (section: Section) => ({ ...section, isTail: false })
const inTail = (section: Section) => ({ ...section, isTail: true })

function joinSections(sections: readonly Section[]): string[] {
  return sections.flatMap(({ apart, lines }, index) => (apart && index > 0 ? ['', ...lines] : lines))
}
