/** `gh api` of comments on a pull request, as far as the recipes use it: the comments are in comments.json of the project. */
import { chmodSync } from 'node:fs'
import type { ScratchProject } from './scratch-project.ts'

export interface Comment {
  readonly id: number
  readonly user: { readonly type: 'Bot' | 'User' }
  readonly body: string
}

const PROGRAM = `#!/usr/bin/env node
const { readFileSync, writeFileSync } = require('node:fs')
const [command, ...args] = process.argv.slice(2)
const comments = JSON.parse(readFileSync('comments.json', 'utf8'))
const option = (name) => args.includes(name) ? args[args.indexOf(name) + 1] : null
const path = args.find((arg) => arg.startsWith('repos/'))
if (command !== 'api' || !process.env.GH_TOKEN || path === undefined) throw new Error('gh ' + process.argv.slice(2))
const method = option('--method') ?? 'GET'
if (method === 'GET') {
  if (!args.includes('--paginate')) throw new Error('would see thirty comments')
  // A page each.
  for (const comment of comments) process.stdout.write(JSON.stringify([comment]))
} else {
  const file = option('-F').replace(/^body=@/, '')
  const body = readFileSync(file, 'utf8')
  if (method === 'POST' && path === 'repos/me/mine/issues/7/comments')
    comments.push({ id: comments.length + 1, user: { type: 'Bot' }, body })
  else if (method === 'PATCH') comments.find(({ id }) => path === 'repos/me/mine/issues/comments/' + id).body = body
  else throw new Error(method + ' ' + path)
  writeFileSync('comments.json', JSON.stringify(comments))
}
`

/** Puts it into the project's path, with the comments that others wrote. */
export function addFakeGh(project: ScratchProject, comments: readonly Comment[]): void {
  chmodSync(project.write('bin/gh', PROGRAM), 0o755)
  project.write('comments.json', JSON.stringify(comments))
}

export function listComments(project: ScratchProject): Comment[] {
  return JSON.parse(project.read('comments.json')) as Comment[]
}
