import { expect, it } from 'vitest'
import { parseSocketQueues } from '../../src/observe/socket-queues.ts'

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const row = (local: string, remote: string, state: string, sent: string, unread: string): string =>
  `   0: 0100007F:${local} 0100007F:${remote} ${state} ${sent}:${unread} 00:00000000 00000000     0        0 1 1`

it('adds up what waits on both ends of the connections to a port', () => {
  const lines = [
    HEAD,
    row('2329', '0000', '0A', '00000000', '00000007'), // listens
    row('D431', '2329', '01', '00000000', '00001000'), // ours
    row('D432', '2329', '08', '00000000', '00000010'), // ours, ended by the server
    row('2329', 'D431', '01', '00002000', '00000000'), // the server's
    row('2329', 'D432', '04', '00004000', '00000000'), // the server's, ended by it
    row('1F90', 'D433', '01', '00000001', '00000001'), // of somebody else
  ]
  expect(parseSocketQueues(lines.join('\n'), 0x2329)).toEqual({
    ours: { established: 1, unreadBytes: 0x1010 },
    theirs: { established: 1, unsentBytes: 0x2000 },
  })
})
