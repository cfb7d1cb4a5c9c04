/** A GET whose value is not the one that was set just before it. */
interface Suspect {
  readonly pair: number;
  readonly value: number;
}

/** A GET that cannot be explained by any order of calls that a user may rely on. */
export interface WrongGet {
  readonly key: string;
  /** It was called right behind `SET key expected`, and before `SET key expected+1`. */
  readonly expected: number;
  /** What it said; 0: no value. */
  readonly value: number;
}

/** The history of one key, to which only this judge writes: SET 1, GET, SET 2, GET, … in this order of calls. */
export class JudgedKey {
  readonly key: string;
  readonly counter: string;
  #pairs = 0;
  /** The pairs whose SET is pending or was rejected: it may have run, now or later. */
  readonly #unknownSets = new Set<number>();
  readonly #suspects: Suspect[] = [];
  /** INCRs of the counter that were acknowledged. */
  acknowledged = 0;
  /** INCRs that may have run: pending ones, and those that were rejected without saying that they did not. */
  unknown = 0;
  /** When a call on the key succeeded last, and the longest time between two successes, in milliseconds. */
  #lastSuccess: number;
  longestPause = 0;

  constructor(key: string, counter: string, now: number) {
    this.key = key;
    this.counter = counter;
    this.#lastSuccess = now;
  }

  /** The number of the next pair; its SET is pending. */
  begin(): number {
    this.#unknownSets.add(++this.#pairs);
    return this.#pairs;
  }

  acknowledge(pair: number): void {
    this.#unknownSets.delete(pair);
  }

  /** What the GET of a pair said. It is judged at the end, when it is known which SETs were acknowledged. */
  answered(pair: number, value: number): void {
    if (value !== pair) this.#suspects.push({ pair, value });
  }

  /** A call succeeded, or the load is over: the time since the last success was a pause. */
  endPause(now: number): void {
    this.longestPause = Math.max(this.longestPause, now - this.#lastSuccess);
    this.#lastSuccess = now;
  }

  /** A value of a later SET is always wrong; an older one is, if a SET between them was acknowledged. */
  wrongGets(): WrongGet[] {
    const wrong = this.#suspects.filter(({ pair, value }) => value > pair || this.#acknowledgedAfter(value, pair));
    return wrong.map(({ pair, value }) => ({ key: this.key, expected: pair, value }));
  }

  #acknowledgedAfter(value: number, pair: number): boolean {
    for (let between = value + 1; between <= pair; between++) if (!this.#unknownSets.has(between)) return true;
    return false;
  }
}
