/** From this many unanswered commands on a line may rest: below, every reply is awaited by somebody soon. */
const MANY = 32;

/** A rest lasts as long as the server needs for this share of what it still has to do: it never runs out of work. */
const SHARE = 1 / 2;

/** Longest rest, ms. */
const LONGEST = 10;

/** Shortest one that a timer can keep, ms. */
const SHORTEST = 1;

/** How much the latest read counts in the average. */
const WEIGHT = 1 / 8;

/**
 * When a line may rest, and for how long. A server that sends every reply by itself makes a read, and a write of the
 * calls that follow, of nearly every reply; they cost several times what decoding does. While much is due, reading less
 * often loses nothing: the replies wait in the socket, and the server works on.
 *
 * ```text
 *   server   reply reply reply reply reply reply reply reply …
 *   client   read └───── rest ─────┘ write, read └──── rest ────┘ write, read
 * ```
 */
export class Pacing {
  #perReply = 0;
  #readAt = 0;
  #busy = false;

  /**
   * Says after a read how long the line may rest, in ms; 0 = not at all.
   * @param replies how many the read brought
   * @param due how many are still due
   * @param now ms of a clock with fractions
   */
  restAfter(replies: number, due: number, now: number): number {
    const elapsed = now - this.#readAt;
    if (this.#busy && replies > 0) this.#perReply += (elapsed / replies - this.#perReply) * WEIGHT;
    this.#busy = due > 0;
    this.#readAt = now;
    if (due < MANY) return 0;
    const rest = Math.min(due * SHARE * this.#perReply, LONGEST);
    return rest < SHORTEST ? 0 : rest;
  }
}
