/** The commands that raise a limit of this machine, each in one line. */
import type { MachineLimits } from '../machine-limits.ts'

type Surroundings = Pick<MachineLimits, 'isRoot' | 'isContainer' | 'fdCeiling' | 'system'>

/** Lets a process started from this shell have `files` files open. */
export function raiseFiles(files: number, { isRoot, isContainer, fdCeiling, system }: Surroundings): string {
  const pair = `${files}:${files}`
  const ceiling =
    fdCeiling !== null && files > fdCeiling ? `${sudo(isRoot)}sysctl -w fs.nr_open=${files} && ` : ''
  if (isContainer)
    return `${ceiling === '' ? '' : 'on the host: '}${ceiling}docker run --ulimit nofile=${pair}`
  if (isRoot || system !== 'linux') return `${ceiling}ulimit -n ${files}`
  return `${ceiling}sudo prlimit --pid $$ --nofile=${pair}`
}

/** Sets kernel parameters. `own`: a container has its own, given when it is started. */
export function raiseParameters(
  parameters: Readonly<Record<string, number | string>>,
  { isRoot, isContainer }: Surroundings,
  scope: 'own' | 'machine',
): string {
  const settings = Object.entries(parameters).map(([name, value]) =>
    typeof value === 'string' ? `${name}="${value}"` : `${name}=${value}`,
  )
  if (isContainer && scope === 'own')
    return `docker run ${settings.map((each) => `--sysctl ${each}`).join(' ')}`
  return `${isContainer ? 'on the host: ' : ''}${sudo(isRoot)}sysctl -w ${settings.join(' ')}`
}

function sudo(isRoot: boolean): string {
  return isRoot ? '' : 'sudo '
}
