// performance.now() makes no garbage, which process.hrtime does: a collection would be a delay that no log has.
const originUs = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000

/** Microseconds of the server's own clock: that of process.hrtime, which all processes of a machine share. */
export function nowUs() {
  return performance.now() * 1000 + originUs
}
