/** uPlot as it is shipped, to stand in a page. Read when the first page is made: other runs have no use for it. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

export interface ChartLibrary {
  readonly script: string
  readonly style: string
}

let known: ChartLibrary | null = null

export function readChartLibrary(): ChartLibrary {
  known ??= {
    script: readFileSync(load.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8').trim(),
    style: readFileSync(load.resolve('uplot/dist/uPlot.min.css'), 'utf8').trim(),
  }
  return known
}
