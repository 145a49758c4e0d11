/** What a truth server did, in the order in which it did it. Times are µs of its clock; null: it did not happen. */
export function createLog() {
  return {
    /** Of every whole data message: `connection` counts upgrade requests from 0, `k` that connection's messages. */
    messages: {
      connection: [],
      k: [],
      /** Of its frame, head and all. */
      bytes: [],
      /** Its last bytes were read; they came after `unreadSinceUs`. */
      readUs: [],
      unreadSinceUs: [],
      /** Its (first) reply was handed to the socket between these two. */
      writeUs: [],
      writtenUs: [],
      /** Replies written. */
      replies: [],
    },
    /**
     * Of every upgrade request: client (from the path), unseenSinceUs, acceptedUs, requestUs, answeredUs, writtenUs, status,
     * closed (code, null: none, or 1006 for an end without a Close frame; undefined: the server did not close); after the
     * handshake bytesRead, bytesWritten (of replies: Close frames are not in it), framesRead.
     */
    connections: [],
    /** Times in which no reply was written. */
    stalls: [],
  }
}

/** A row for a message that has been read; returns its number. */
export function addMessage({ messages }, { connection, k, bytes, readUs, unreadSinceUs }) {
  messages.connection.push(connection)
  messages.k.push(k)
  messages.bytes.push(bytes)
  messages.readUs.push(readUs)
  messages.unreadSinceUs.push(unreadSinceUs)
  messages.writeUs.push(null)
  messages.writtenUs.push(null)
  messages.replies.push(0)
  return messages.k.length - 1
}
