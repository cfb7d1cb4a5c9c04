import { setTimeout as sleep } from 'node:timers/promises';
import { isKvError, type Outcome } from '../../src/index.ts';

/** What the writer needs of its client. */
interface Client {
  sadd(key: string, member: string): Promise<unknown>;
}

type Ending = 'acknowledged' | Outcome;

/** A write and its end. Times are as of `performance.now()`. */
interface Write {
  readonly calledAt: number;
  readonly endedAt: number;
  readonly ending: Ending;
}

/** A set gets a new member all the time: what was acknowledged must be in it, and nothing else but what is unknown. */
export class Writer {
  readonly #client: Client;
  readonly #key: string;
  readonly #writes: Write[] = [];
  /** Ends that no failover explains. */
  readonly surprises: unknown[] = [];
  #stopped = false;
  readonly #running: Promise<void>;

  constructor(client: Client, key: string) {
    this.#client = client;
    this.#key = key;
    this.#running = this.#run();
  }

  /** Resolves when so many more writes have been acknowledged. */
  async acknowledged(count: number): Promise<void> {
    const wanted = this.#count('acknowledged') + count;
    while (this.#count('acknowledged') < wanted) await sleep(5);
  }

  /** When the first write after that time was acknowledged. */
  async successAfter(time: number): Promise<number> {
    for (;;) {
      const found = this.#writes.find(({ ending, endedAt }) => ending === 'acknowledged' && endedAt >= time);
      if (found !== undefined) return found.endedAt;
      await sleep(5);
    }
  }

  /** Members whose writes were called after that time and ended in this way. */
  membersSince(time: number, wanted: Ending): string[] {
    return this.#writes.flatMap(({ calledAt, ending }, i) => (calledAt >= time && ending === wanted ? String(i) : []));
  }

  async stop(): Promise<this> {
    this.#stopped = true;
    await this.#running;
    return this;
  }

  #count(wanted: Ending): number {
    return this.#writes.filter(({ ending }) => ending === wanted).length;
  }

  async #run(): Promise<void> {
    for (let i = 0; !this.#stopped; i++) {
      const calledAt = performance.now();
      const ending = await this.#write(i);
      this.#writes.push({ calledAt, endedAt: performance.now(), ending });
      await sleep(2);
    }
  }

  async #write(i: number): Promise<Ending> {
    try {
      await this.#client.sadd(this.#key, String(i));
      return 'acknowledged';
    } catch (error) {
      if (isKvError(error) && error.code === 'CONNECTION') return error.outcome;
      this.surprises.push(error);
      return 'unknown';
    }
  }
}
