/** Compiles some TypeScript files, and all they import, into a folder of their own, so that plain Node can run them without dist/. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** `files` are paths below the project's root; each is found under `dir` with the ending `.js`. Call `remove` at the end. */
export function compile(files) {
  const dir = mkdtempSync(join(tmpdir(), 'ws-stress-'))
  const remove = () => rmSync(dir, { recursive: true, force: true })
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      rootDir: ROOT,
      outDir: dir,
      declaration: false,
      noCheck: true,
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    include: [],
    files: files.map((file) => join(ROOT, file)),
  }
  try {
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(config))
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}')
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
    execFileSync(process.execPath, [tsc, '-p', join(dir, 'tsconfig.json')], { stdio: 'inherit' })
  } catch (error) {
    remove()
    throw error
  }
  return { dir, remove }
}
