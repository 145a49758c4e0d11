/** The null server in a process of its own: tells its parent where it listens, and ends with it. */
import { startNullServer } from './null-server.ts'

const server = await startNullServer()
process.once('disconnect', () => server.close())
process.send?.({ port: server.port })
