/** The whole conformance table. */
import { closing } from './closing.ts'
import { fragments } from './fragments.ts'
import { framing } from './framing.ts'
import { limits } from './limits.ts'
import { own } from './own.ts'
import type { Row } from './row.ts'
import { utf8 } from './utf8.ts'

export const table: readonly Row[] = [...framing, ...fragments, ...utf8, ...closing, ...limits, ...own]
