/** The Rust reference servers (test/targets/rust): how they are built, and what they are made of. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../targets/rust/', import.meta.url))

/** Its version, such as `cargo 1.95.0`; null when it is not installed. */
export function findCargo() {
  const { status, stdout } = spawnSync('cargo', ['--version'], { cwd: FOLDER, encoding: 'utf8' })
  return status === 0 ? stdout.trim().split(' ').slice(0, 2).join(' ') : null
}

/** Builds what is out of date, cargo's progress on stderr, and gives the binary's path. */
export function buildServers() {
  const target = `${FOLDER}target`
  const build = ['build', '--release', '--locked', '--target-dir', target]
  const { status } = spawnSync('cargo', build, { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error('cargo could not build the servers: its message stands above')
  return `${target}/release/stress-targets`
}

/** Of these crates, by name: the newest that Cargo.lock holds. */
export function readVersions(...names) {
  const lock = readFileSync(`${FOLDER}Cargo.lock`, 'utf8')
  const found = lock.matchAll(/name = "([^"]+)"\nversion = "([^"]+)"/g)
  // Cargo.lock is sorted: the last of a name is the newest.
  return Object.fromEntries([...found].filter(([, name]) => names.includes(name)).map((one) => one.slice(1)))
}
