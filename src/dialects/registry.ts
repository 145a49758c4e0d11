import type { Dialect } from './dialect.ts'
import { echo } from './echo.ts'

export const DIALECTS: Readonly<Record<string, Dialect>> = { echo }
