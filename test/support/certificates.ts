/** The PEM fixtures of test/support/tls as text (its README says how they were made). */
import { readFileSync } from 'node:fs'

const read = (name: string) => readFileSync(new URL(`./tls/${name}`, import.meta.url), 'utf8')

/** Pass as `ca` to accept the certificates below. */
export const authority = read('ca.pem')
/** For localhost, 127.0.0.1 and ::1, valid until 2120. */
export const validServer = { cert: read('server.pem'), key: read('server-key.pem') }
/** The same names, ran out in February 2020. */
export const expiredServer = { cert: read('expired.pem'), key: read('server-key.pem') }
/** Signed by the same authority, for servers that ask the client for a certificate. */
export const validClient = { cert: read('client.pem'), key: read('client-key.pem') }
