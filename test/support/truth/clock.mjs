/** Microseconds of the server's own clock: process.hrtime, which all processes of a machine share. */
export function nowUs() {
  return Number(process.hrtime.bigint()) / 1000
}
