import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { countSockets, parseSocketTable } from '../../src/observe/socket-table.ts'

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const REST = '00000000:00000000 00:00000000 00000000     0        0 1611 1 0000000000000000 100 0 0 10 0'

function line(index: number, local: string, remote: string, state: string): string {
  return `${String(index).padStart(4)}: ${local} ${remote} ${state} ${REST}`
}

/** 0x2329 is 9001. */
const TABLE = [
  HEAD,
  line(0, '0100007F:2329', '00000000:0000', '0A'),
  line(1, '0100007F:9C40', '0100007F:2329', '01'),
  line(2, '0100007F:2329', '0100007F:9C40', '01'),
  line(3, '0100007F:9C41', '0100007F:2329', '06'),
  line(4, '0100007F:9C42', '0100007F:2329', '06'),
  line(5, '0100007F:9C43', '0200007F:2329', '01'),
  line(6, '0100007F:9C44', '0100007F:232A', '06'),
  line(12_345, '0100007F:9C45', '0100007F:2329', '02'),
  '',
].join('\n')

const TABLE6 = [
  HEAD,
  line(0, '00000000000000000000000001000000:9C40', '00000000000000000000000001000000:2329', '01'),
  line(1, '0000000000000000FFFF00000100007F:9C41', '0000000000000000FFFF00000100007F:2329', '06'),
  line(2, 'B80D0120000000000000000001000000:9C42', 'B80D0120000000000000000001000000:2329', '01'),
  '',
].join('\n')

describe('parseSocketTable', () => {
  test.each([
    ['127.0.0.1', 9001, { inUse: 2, timeWait: 2 }],
    ['127.0.0.2', 9001, { inUse: 1, timeWait: 0 }],
    ['127.0.0.1', 9002, { inUse: 0, timeWait: 1 }],
    ['127.0.0.1', 80, { inUse: 0, timeWait: 0 }],
    [null, 9001, { inUse: 3, timeWait: 2 }],
  ])('counts the sockets whose far end is %s:%i, by state', (address, port, found) => {
    expect(parseSocketTable(TABLE, [{ address, port }])).toEqual(found)
  })

  test.each([
    ['::1', { inUse: 1, timeWait: 0 }],
    ['127.0.0.1', { inUse: 0, timeWait: 1 }],
    ['2001:db8::1', { inUse: 1, timeWait: 0 }],
  ])('of tcp6, too: %s', (address, found) => {
    expect(parseSocketTable(TABLE6, [{ address, port: 9001 }])).toEqual(found)
  })

  test('several destinations count together, and none counts nothing', () => {
    const both = [9001, 9002].map((port) => ({ address: '127.0.0.1', port }))
    expect(parseSocketTable(TABLE, both)).toEqual({ inUse: 2, timeWait: 3 })
    expect(parseSocketTable(TABLE, [])).toEqual({ inUse: 0, timeWait: 0 })
  })
})

describe.runIf(process.platform === 'linux')('countSockets', () => {
  test('sees a connection of this machine, once', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    expect(countSockets([{ address: '127.0.0.1', port }])).toEqual({ inUse: 1, timeWait: 0 })
    expect(countSockets([])).toEqual({ inUse: 0, timeWait: 0 })
    socket.destroy()
    server.close()
  })
})
