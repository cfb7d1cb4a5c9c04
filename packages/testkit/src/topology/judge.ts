import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { CalmClock } from '../calm-clock.ts';
import { isRedirect, type JudgedClient, mayHaveRun } from './judged-client.ts';
import { JudgedKey, type WrongGet } from './judged-key.ts';

/** The load, and how long it lasts. */
export interface JudgeOptions {
  /** Milliseconds of load. */
  readonly duration: number;
  /** Hash tags, one slot each; see {@link judgeTags}. Default: 8 tags. */
  readonly tags?: readonly string[];
  /** Keys in each slot, with a counter each; default 8. */
  readonly keysPerTag?: number;
  /** Pairs `SET n, GET` with an INCR that are in flight for each key; default 8. */
  readonly inFlight?: number;
  /** Milliseconds that the last calls may take after the load; those that are pending then are `hung`. Default 15,000. */
  readonly patience?: number;
  /** The value of a counter, read past the client; default: the client's GET, which a client that hangs would not answer. */
  readonly actual?: (counter: string) => Promise<string | null>;
}

/** A counter that was neither counted once for each acknowledgment nor within what is unknown. */
export interface WrongCounter {
  readonly key: string;
  readonly acknowledged: number;
  readonly unknown: number;
  readonly actual: number;
}

/** What a judge saw. Everything but `calls`, `rejected` and the pauses must be empty or 0 for a client that is right. */
export interface Verdict {
  /** Calls that settled. */
  readonly calls: number;
  readonly rejected: number;
  /** Text of the rejections without digits, with their number. */
  readonly rejections: Readonly<Record<string, number>>;
  /** Rejections whose text is a refusal by the cluster: MOVED, ASK, TRYAGAIN, CLUSTERDOWN. */
  readonly redirects: number;
  /** GETs that were overtaken by a later SET, or that overtook an earlier one. */
  readonly wrongGets: readonly WrongGet[];
  readonly wrongCounters: readonly WrongCounter[];
  /** Calls that did not settle. */
  readonly hung: number;
  /** The longest time without a success of any call, in milliseconds. */
  readonly longestPause: number;
  /** The same in calm milliseconds, in which this process was not held up: what a busy machine does is not the client's. */
  readonly longestCalmPause: number;
  /** As `longestPause`, for calls on one key. */
  readonly longestPauseOfKey: number;
}

/** Names of slots: the hash tags of the keys that a judge uses. */
export function judgeTags(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `{judge-${i}}`);
}

/**
 * Drives a client with calls whose results say whether it keeps the order of calls on a key, hides redirects, and runs
 * each write once. The keys must be new. It does not close the client.
 *
 * @example
 * const verdict = await judge(client, { duration: 8000, actual: (key) => cluster.read(key) });
 * expect(verdict).toMatchObject({ redirects: 0, wrongGets: [], wrongCounters: [], hung: 0 });
 */
export function judge(client: JudgedClient, options: JudgeOptions): Promise<Verdict> {
  return new Judge(client, options).run();
}

class Judge {
  readonly #client: JudgedClient;
  readonly #options: JudgeOptions;
  readonly #keys: JudgedKey[];
  readonly #rejections: Record<string, number> = {};
  readonly #end: number;
  #called = 0;
  #settled = 0;
  #rejected = 0;
  #redirects = 0;
  #lastSuccess: number;
  #longestPause = 0;
  readonly #calm = new CalmClock();
  #lastCalm = 0;
  #longestCalmPause = 0;

  constructor(client: JudgedClient, options: JudgeOptions) {
    const now = performance.now();
    const { tags = judgeTags(8), keysPerTag = 8, duration } = options;
    this.#client = client;
    this.#options = options;
    this.#end = now + duration;
    this.#lastSuccess = now;
    const names = tags.flatMap((tag) => Array.from({ length: keysPerTag }, (_, i) => `${tag}:${i}`));
    this.#keys = names.map((name) => new JudgedKey(name, `${name}:counter`, now));
  }

  async run(): Promise<Verdict> {
    const { inFlight = 8, patience = 15_000, duration } = this.#options;
    const loops = this.#keys.flatMap((key) => Array.from({ length: inFlight }, () => this.#loop(key)));
    const timer = new AbortController();
    const late = sleep(duration + patience, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([Promise.all(loops), late]);
    timer.abort();
    this.#endPause(performance.now());
    for (const key of this.#keys) key.endPause(performance.now());
    this.#calm[Symbol.dispose]();
    return this.#verdict();
  }

  /** One pair after the other; the other loops of the key put theirs between. */
  async #loop(key: JudgedKey): Promise<void> {
    do {
      const pair = key.begin();
      const successes = await Promise.all([this.#set(key, pair), this.#get(key, pair), this.#incr(key)]);
      if (!successes.every(Boolean)) await turn(); // a client that rejects at once must get its events
    } while (performance.now() < this.#end);
  }

  async #set(key: JudgedKey, pair: number): Promise<boolean> {
    const { ok } = await this.#call(key, () => this.#client.set(key.key, String(pair)));
    if (ok) key.acknowledge(pair);
    return ok;
  }

  async #get(key: JudgedKey, pair: number): Promise<boolean> {
    const { ok, value } = await this.#call(key, () => this.#client.get(key.key));
    if (ok) key.answered(pair, Number(value ?? 0));
    return ok;
  }

  async #incr(key: JudgedKey): Promise<boolean> {
    key.unknown++;
    const { ok, error } = await this.#call(key, () => this.#client.incr(key.counter));
    if (ok) key.acknowledged++;
    if (ok || !mayHaveRun(this.#client, error)) key.unknown--;
    return ok;
  }

  async #call<T>(key: JudgedKey, make: () => Promise<T>): Promise<{ ok: boolean; value?: T; error?: unknown }> {
    this.#called++;
    try {
      const value = await make();
      this.#succeeded(key);
      return { ok: true, value };
    } catch (error) {
      this.#failed(error);
      return { ok: false, error };
    }
  }

  #succeeded(key: JudgedKey): void {
    const now = performance.now();
    this.#settled++;
    this.#endPause(now);
    key.endPause(now);
  }

  #endPause(now: number): void {
    this.#longestPause = Math.max(this.#longestPause, now - this.#lastSuccess);
    this.#lastSuccess = now;
    const calm = this.#calm.now();
    this.#longestCalmPause = Math.max(this.#longestCalmPause, calm - this.#lastCalm);
    this.#lastCalm = calm;
  }

  #failed(error: unknown): void {
    this.#settled++;
    this.#rejected++;
    if (isRedirect(error)) this.#redirects++;
    const text = String(error).replaceAll(/\d+/g, 'N').slice(0, 120);
    this.#rejections[text] = (this.#rejections[text] ?? 0) + 1;
  }

  async #verdict(): Promise<Verdict> {
    return {
      calls: this.#settled,
      rejected: this.#rejected,
      rejections: this.#rejections,
      redirects: this.#redirects,
      hung: this.#called - this.#settled, // before the counters are read, which can make a client go on
      wrongGets: this.#keys.flatMap((key) => key.wrongGets()),
      wrongCounters: await this.#wrongCounters(),
      longestPause: this.#longestPause,
      longestCalmPause: this.#longestCalmPause,
      longestPauseOfKey: Math.max(...this.#keys.map(({ longestPause }) => longestPause)),
    };
  }

  async #wrongCounters(): Promise<WrongCounter[]> {
    const { actual = (key) => this.#client.get(key) } = this.#options;
    const wrong: WrongCounter[] = [];
    for (const { counter, acknowledged, unknown } of this.#keys) {
      const value = Number((await actual(counter)) ?? 0);
      if (value < acknowledged || value > acknowledged + unknown)
        wrong.push({ key: counter, acknowledged, unknown, actual: value });
    }
    return wrong;
  }
}
