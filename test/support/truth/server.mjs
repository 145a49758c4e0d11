#!/usr/bin/env node
/**
 * A server whose every answer is known: node server.mjs '{"reply":{"kind":"constant","delayUs":5000}}'. Writes its port as
 * one line, `traffic` when the first message comes, and on SIGTERM what it did (log.mjs). On node:net and its own wire code.
 * Keys, all optional: reply, upgrade (behaviours.mjs, by kind), stall, rate (gates.mjs), close (code by connection, null:
 * without a code, 1006: without a Close frame), closeAfter (messages).
 */
import net from 'node:net'
import { createAgenda } from './agenda.mjs'
import { REPLIES, UPGRADES } from './behaviours.mjs'
import { openGate, rateGate, stallGate } from './gates.mjs'
import { createLog } from './log.mjs'
import { serve } from './peer.mjs'

const AT_ONCE = { kind: 'constant', delayUs: 0 }
const {
  reply = AT_ONCE,
  upgrade = AT_ONCE,
  stall,
  rate,
  close = {},
  closeAfter = 1,
} = JSON.parse(process.argv[2] ?? '{}')
const agenda = createAgenda()
const log = createLog()
const gate =
  stall !== undefined
    ? stallGate(stall, agenda, log)
    : rate !== undefined
      ? rateGate(rate, agenda)
      : openGate()
let hasTraffic = false
const server = {
  agenda,
  log,
  decideReply: REPLIES[reply.kind](reply),
  decideUpgrade: UPGRADES[upgrade.kind](upgrade),
  close,
  closeAfter,
  gate: gate.gate,
  onMessage(readUs) {
    if (hasTraffic) return
    hasTraffic = true
    gate.onFirst(readUs)
    process.stdout.write('traffic\n')
  },
}

agenda.start()
const listener = net.createServer((socket) => serve(socket, server))
listener.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`${listener.address().port}\n`)
})
process.on('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify(log)}\n`, () => process.exit(0))
})
