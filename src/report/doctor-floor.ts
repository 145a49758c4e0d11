/** `stress doctor --measure`: what a core of this machine's generator was measured to do. Pure. */
import type { Floor } from '../observe/floor-cache.ts'
import { alignTable, words } from './align-table.ts'
import { formatBytes, formatCount, formatDurationUs } from './format.ts'
import type { Paint } from './paint.ts'
import { wrap } from './wrap.ts'

/** The kept floor as a table, or the command that measures it. */
export function floorLines(floor: Floor | null, width: number, paint: Paint): string[] {
  if (floor === null)
    return [`${paint.dim('floor: not measured yet:')} ${paint.command('stress doctor --measure')}`]
  const { nullServer, demoServer } = floor.latencyUs
  const rows = [
    ['messages/s', formatCount(floor.messagesPerSecondPerCore), 'a core: closed, 32 B, next to no server'],
    ['latency', pair(nullServer), 'P50, P99 to that server: less cannot be seen'],
    ['', pair(demoServer), 'to the demo echo server'],
    ['connections/s', formatCount(floor.connectionsPerSecond), 'a core'],
    ['memory', formatBytes(floor.bytesPerConnection), 'of the generator, a connection'],
  ]
  const head = `floor, measured ${floor.measuredAt.slice(0, 16).replace('T', ' ')} UTC`
  const note = floor.note === null ? [] : wrap(`note: ${floor.note}`, width, '  ').map(paint.warn)
  return [paint.dim(head), ...alignTable([words(''), words(''), words('')], rows), ...note]
}

function pair({ p50, p99 }: { readonly p50: number | null; readonly p99: number | null }): string {
  return `${formatDurationUs(p50)}, ${formatDurationUs(p99)}`
}
