/**
 * What a truth server does to a message, by name: functions of how many messages came before, so that it is the same in
 * every run. `n` counts the server's messages, `k` those of the connection, both from 0.
 */
export const REPLIES = {
  /** Every reply is due `delayUs` after its request was read. */
  constant:
    ({ delayUs }) =>
    () => ({ delayUs }),

  /** `slow` of `of` messages take `slowUs`, spread over them (`of` has no divisor in common with 37). */
  bimodal:
    ({ of, slow, fastUs, slowUs }) =>
    ({ n }) => ({ delayUs: (n * 37) % of < slow ? slowUs : fastUs }),

  /** One in `every` takes `slowUs`: the `at`-th of them; after the first `until` messages none. */
  rare:
    ({ every, at, fastUs, slowUs, until = Number.POSITIVE_INFINITY }) =>
    ({ n }) => ({ delayUs: n < until && n % every === at ? slowUs : fastUs }),

  /** One in `every` gets no reply: the `at`-th of them. */
  lose:
    ({ every, at, delayUs }) =>
    ({ n }) => ({ delayUs, copies: n % every === at ? 0 : 1 }),

  /** One in `every` gets two: the `at`-th of them. */
  duplicate:
    ({ every, at, delayUs }) =>
    ({ n }) => ({ delayUs, copies: n % every === at ? 2 : 1 }),

  /** One in `every` of each connection is answered right after the one that follows it there. */
  swap:
    ({ every, delayUs }) =>
    ({ k }) => ({ delayUs, afterNext: k % every === every >> 1 }),
}

/** What it does to the `n`-th upgrade request, from 0: answers `delayUs` later, and not with 101 but that status. */
export const UPGRADES = {
  constant:
    ({ delayUs }) =>
    () => ({ delayUs, status: 101 }),

  bimodal:
    ({ of, slow, fastUs, slowUs }) =>
    (n) => ({ delayUs: n % of < slow ? slowUs : fastUs, status: 101 }),

  refuse:
    ({ every, status }) =>
    (n) => ({ delayUs: 0, status: n % every === every - 1 ? status : 101 }),
}
