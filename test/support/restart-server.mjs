// Restarts an echo server as a deploy does: ends the process of PIDFILE, waits, and starts another on the same port.
// node restart-server.mjs PORT PIDFILE [start]
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const [port, pidFile, mode] = process.argv.slice(2)
const bin = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
if (mode !== 'start') {
  const pid = Number(readFileSync(pidFile, 'utf8'))
  process.kill(pid, 'SIGTERM')
  while (isAlive(pid)) await delay(20)
  await delay(300)
}
const child = spawn(process.execPath, [bin, 'serve', 'echo', '--port', port], {
  detached: true,
  stdio: 'ignore',
})
writeFileSync(pidFile, String(child.pid))
child.unref()

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
