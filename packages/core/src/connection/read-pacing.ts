/** From this many unanswered commands on, reads may be paused: below, every reply is awaited soon. */
const MANY = 32;

/** A rest lasts for this share of the time that replies have to queue: the server never runs out of work. */
const SHARE = 0.6;

/** Longest rest, ms. */
const LONGEST = 10;

/** Shortest one that a timer can keep, ms. */
const SHORTEST = 1;

/** Times are whole milliseconds: as much of a difference, ms, may come from rounding. */
const ROUNDING = 0.5;

/**
 * When reads of a connection are paused, and for how long. A server that sends every reply by itself makes a read, and a write of the
 * calls that follow, of nearly every reply; they cost several times what decoding does. While the server has a queue to
 * work off, reading less often loses nothing: the replies wait in the socket, and the server works on.
 *
 * ```text
 *   server   reply reply reply reply reply reply reply reply …
 *   client   read └───── rest ─────┘ write, read └──── rest ────┘ write, read
 * ```
 * How long its queue is shows in how much longer a reply took than the quickest one of this connection. Where replies take
 * their time because the server is far away, all of them do: there is no queue, and no rest.
 */
export class ReadPacing {
  #quickest = Number.POSITIVE_INFINITY;

  /**
   * Called after a read: how long reads are paused, in ms; 0 = not at all.
   * @param took from writing the latest command that is answered to reading its reply, in whole ms
   * @param due how many commands are not answered
   */
  pauseAfter(took: number, due: number): number {
    if (took < this.#quickest) this.#quickest = took;
    if (due < MANY) return 0;
    const pause = Math.min((took - this.#quickest - ROUNDING) * SHARE, LONGEST);
    return pause < SHORTEST ? 0 : pause;
  }
}
