/**
 * What a truth server's log says a run must report: raw sorted lists and nearest ranks, with no code of ours that makes
 * the figures. Times are µs.
 */

/** Percentiles of a trend, in thousandths, by their name in a result. */
export const PERCENTILES = { p50: 500, p90: 900, p95: 950, p99: 990, p999: 999 }

/** 1-based rank of a percentile among `count` values, in whole numbers until the division. */
export function rankOf(thousandths, count) {
  return Math.max(1, Math.ceil((thousandths * count) / 1000))
}

/**
 * The log without the messages of a warm-up, which the server cannot tell from others but by their number: on schedule,
 * `warmup` of them come first.
 */
export function skipWarmup(log, { clients, warmup }) {
  const { connection, k } = log.messages
  const isKept = k.map((k, n) => k * clients + log.connections[connection[n]].client >= warmup)
  const columns = Object.entries(log.messages).map(([name, column]) => [
    name,
    column.filter((_, n) => isKept[n]),
  ])
  return { ...log, messages: Object.fromEntries(columns) }
}

export function sorted(list) {
  return Float64Array.from(list).sort()
}

export function meanOf(list) {
  return list.reduce((sum, one) => sum + one, 0) / list.length
}

/** Numbers (rows of the log) of the messages that were answered. */
export function listAnswered({ messages }) {
  return messages.replies.flatMap((replies, n) => (replies > 0 ? [n] : []))
}

/**
 * A time that the generator measured cannot be shorter than `least` (what the server logged) nor, but for the generator
 * and the kernel's way to it, longer than `most` (that, with what the server did not see: bytes that waited until it
 * read, and the call that wrote). Both sorted.
 */
export function boundDelays({ messages }, numbers) {
  const { readUs, unreadSinceUs, writeUs, writtenUs } = messages
  return {
    least: sorted(numbers.map((n) => writeUs[n] - readUs[n])),
    most: sorted(numbers.map((n) => writtenUs[n] - unreadSinceUs[n])),
  }
}

/**
 * When each message was due on the server's clock: message m of the schedule is the k-th of client m mod connections, so
 * m = k × connections + client. The schedule began before any message came; the least lateness of all stands for that
 * moment, which is late by one way through the kernel.
 */
export function deriveDues({ messages, connections }, { perSecond, clients }) {
  const offsets = messages.k.map((k, n) => {
    const { client } = connections[messages.connection[n]]
    return ((k * clients + client) * 1e6) / perSecond
  })
  const startUs = offsets.reduce(
    (least, offset, n) => Math.min(least, messages.readUs[n] - offset),
    Number.POSITIVE_INFINITY,
  )
  return offsets.map((offset) => startUs + offset)
}

/** From due to the reply. */
export function boundResponses(log, numbers, schedule) {
  const dues = deriveDues(log, schedule)
  const { writeUs, writtenUs } = log.messages
  return {
    least: sorted(numbers.map((n) => writeUs[n] - dues[n])),
    most: sorted(numbers.map((n) => writtenUs[n] - dues[n])),
  }
}

/** From due to the server's having it. */
export function deriveLateness(log, schedule) {
  const dues = deriveDues(log, schedule)
  const { readUs, unreadSinceUs } = log.messages
  return {
    least: sorted(dues.map((dueUs, n) => Math.max(0, unreadSinceUs[n] - dueUs))),
    most: sorted(dues.map((dueUs, n) => readUs[n] - dueUs)),
  }
}

/** From the server's having the connection to its having written the 101. */
export function boundUpgrades({ connections }) {
  const opened = connections.filter(({ status }) => status === 101)
  return {
    least: sorted(opened.map(({ requestUs, answeredUs }) => answeredUs - requestUs)),
    most: sorted(opened.map(({ unseenSinceUs, writtenUs }) => writtenUs - unseenSinceUs)),
  }
}

export function sum(list) {
  return list.reduce((total, one) => total + one, 0)
}

/** Of these, replies that were written after the reply to a later message of their connection. */
export function countOvertaken({ connection, k, writeUs }, numbers) {
  const written = numbers.toSorted((a, b) => writeUs[a] - writeUs[b])
  const greatest = new Map()
  let overtaken = 0
  for (const n of written) {
    if (k[n] < (greatest.get(connection[n]) ?? -1)) overtaken++
    else greatest.set(connection[n], k[n])
  }
  return overtaken
}

/** What the log counts, by the name of the counter that must say the same. */
export function countLog(log) {
  const { messages, connections } = log
  const upgraded = connections.filter(({ status }) => status === 101)
  return {
    connections_attempted: connections.length,
    connections_opened: upgraded.length,
    connections_failed: connections.length - upgraded.length,
    connections_closed: upgraded.filter(({ closed }) => closed !== undefined).length,
    messages_sent: messages.k.length,
    messages_received: messages.replies.filter((replies) => replies > 0).length,
    messages_duplicated: sum(messages.replies.map((replies) => Math.max(0, replies - 1))),
    messages_reordered: countOvertaken(messages, listAnswered(log)),
    bytes_sent: sum(messages.bytes),
  }
}
