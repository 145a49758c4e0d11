/** One sample of every report, of one real run: `npm run reports` puts them into reports/ anew. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const ENDINGS = ['json', 'txt', 'md', 'html', 'xml', 'csv', 'hlog', 'prom']
const RUNS = 5

const folder = mkdtempSync(join(tmpdir(), 'stress-reports-'))
const args = [
  join(root, 'dist', 'bin.js'),
  ...['--test-type', 'all', '--connections', '100', '--duration', '10s', '--no-progress'],
  ...['--threshold', 'sustained/response_time:p(99)<50ms', '--threshold', 'error_ratio==0'],
  ...ENDINGS.flatMap((ending) => ['--output', `sample.${ending}`]),
]
// Neither settings nor the kept floor of this machine.
const own = Object.entries(process.env).filter(([name]) => !/^(?:STRESS_|GITHUB_|CI$)/.test(name))
const env = { ...Object.fromEntries(own), XDG_CACHE_HOME: folder }

/** A sample should be of a run that can be believed, and passed: on a busy machine it takes several, or a quiet hour. */
function run() {
  for (let count = 1; count <= RUNS; count++) {
    const { status } = spawnSync(process.execPath, args, { cwd: folder, env, stdio: 'inherit' })
    if (status === 0) return 0
    console.error(`run ${count} of ${RUNS}: exit code ${status}; reports/ is as it was`)
  }
  return 1
}

process.exitCode = run()
if (process.exitCode === 0)
  for (const ending of ENDINGS)
    copyFileSync(join(folder, `sample.${ending}`), join(root, 'reports', `sample.${ending}`))
rmSync(folder, { recursive: true })
