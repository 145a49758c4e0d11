import { accessSync, constants } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where Chromium is: CHROMIUM_PATH, or Debian's place; null: nowhere. */
export function findChromium(): string | null {
  const path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
  try {
    accessSync(path, constants.X_OK)
    return path
  } catch {
    return null
  }
}

export function launchChromium(executablePath: string): Promise<Browser> {
  // Its sandbox cannot start as root.
  const asRoot = process.getuid?.() === 0
  return chromium.launch({ executablePath, args: asRoot ? ['--no-sandbox'] : [] })
}
