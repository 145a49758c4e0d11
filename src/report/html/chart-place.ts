/** Where a test's charts stand in the page, and how much they may draw. */
export interface ChartPlace {
  /** Of the test's section: the charts' ids begin with it. */
  readonly id: string
  /** Values of a series that is drawn over time. */
  readonly most: number
}
