/** Keeps files open in the generator's process, 430 for each thread that loads it (two): fewer are left than the tool could know. */
import { openSync } from 'node:fs'

for (let n = 0; n < 430; n++) openSync(process.execPath, 'r')

export default { name: 'file-keeper', audience: 'sender' }
