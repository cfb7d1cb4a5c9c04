import type { Random } from '@kv/testkit/random';
import type { Redis } from '../../src/index.ts';

/** How many tasks each client has, and how many keys all share. */
const TASKS = 32;
const KEYS = 12;

/** What surrounds a model: the servers, and what goes wrong with them. */
export interface Surroundings {
  /** Resolves when a client has heard all that its servers had told it before. */
  hear(redis: Redis): Promise<unknown>;
  /** Breaks something; asked after so many operations each time, so that a slow machine breaks no more often. */
  readonly breaks?: { readonly every: number; now(): Promise<unknown> };
}

/** A read that gave an older value than its client knew of when it began. */
export interface Violation {
  readonly client: number;
  readonly key: string;
  readonly known: number;
  readonly got: number;
  readonly how: string;
}

/**
 * Writes grow: the value of a key is the number of its newest write, made by INCR, so that a read can be judged alone. A
 * client knows a number from the moment when its own INCR was answered, or when it has heard of another's: that INCR was
 * answered before a PING of this client was sent, and PONG came behind all that its server had told before.
 */
export class Model {
  readonly keys: readonly string[] = Array.from({ length: KEYS }, (_, i) => `model:${i}`);
  readonly violations: Violation[] = [];
  operations = 0;
  /** Reads that were old because the server itself had lost the key. */
  lostByServer = 0;
  /** Calls that ended with an error. */
  lost = 0;
  readonly #clients: readonly Redis[];
  readonly #random: Random;
  readonly #surroundings: Surroundings;
  /** The newest number of each key that was answered to anybody. */
  readonly #answered = new Map<string, number>();
  /** The same by client: what it knows. */
  readonly #known: readonly Map<string, number>[];

  constructor(clients: readonly Redis[], random: Random, surroundings: Surroundings) {
    this.#clients = clients;
    this.#random = random;
    this.#surroundings = surroundings;
    this.#known = clients.map(() => new Map());
  }

  /** How many reads were hits. */
  get hits(): number {
    return this.#clients.reduce((sum, client) => sum + (client.stats().cache?.hits ?? 0), 0);
  }

  /** Runs so many operations, spread over all tasks. */
  async run(operations: number): Promise<void> {
    const each = Math.ceil(operations / (this.#clients.length * TASKS));
    const tasks = this.#clients.flatMap((_, client) => Array.from({ length: TASKS }, () => this.#task(client, each)));
    await Promise.all(tasks);
  }

  async #task(client: number, operations: number): Promise<void> {
    const { breaks } = this.#surroundings;
    for (let i = 0; i < operations; i++) {
      if (++this.operations % (breaks?.every ?? Number.POSITIVE_INFINITY) === 0) await breaks?.now();
      await this.#step(client).catch(() => this.lost++);
    }
  }

  #step(client: number): Promise<unknown> {
    const key = this.keys[this.#random.below(KEYS)] as string;
    const dice = this.#random.below(100);
    if (dice < 65) return this.#read(client, key);
    if (dice < 75) return this.#readMany(client);
    if (dice < 87) return this.#write(client, key, (redis) => redis.incr(key));
    if (dice < 91) return this.#write(client, key, (redis) => incrementInSession(redis, key));
    if (dice < 95) return this.#write(client, key, (redis) => incrementInMulti(redis, key));
    return this.#learn(client);
  }

  async #read(client: number, key: string): Promise<void> {
    const known = this.#known[client]?.get(key) ?? 0;
    const got = Number(await this.#cached(client).get(key));
    await this.#judge({ client, key, known, got, how: 'GET' });
  }

  async #readMany(client: number): Promise<void> {
    const keys = this.keys.slice(0, 4);
    const known = keys.map((key) => this.#known[client]?.get(key) ?? 0);
    const values = await this.#cached(client).mget(keys);
    for (const [i, key] of keys.entries()) {
      await this.#judge({ client, key, known: known[i] as number, got: Number(values[i]), how: 'MGET' });
    }
  }

  /** A server may lose keys when slots move under load: what it has itself no cache can give. */
  async #judge(read: Violation): Promise<void> {
    const { client, key, known, got } = read;
    if (got >= known) return;
    const actual = Number(await (this.#clients[client] as Redis).get(key));
    if (actual >= known) this.violations.push(read);
    else {
      this.lostByServer++;
      for (const numbers of [this.#answered, ...this.#known]) numbers.delete(key);
    }
  }

  #cached(client: number): Redis {
    return (this.#clients[client] as Redis).cached();
  }

  async #write(client: number, key: string, increment: (redis: Redis) => Promise<number>): Promise<void> {
    const number = await increment(this.#clients[client] as Redis);
    raise(this.#answered, key, number);
    raise(this.#known[client] as Map<string, number>, key, number);
  }

  /** The client hears of all writes that were answered so far. */
  async #learn(client: number): Promise<void> {
    const answered = [...this.#answered];
    await this.#surroundings.hear(this.#clients[client] as Redis);
    for (const [key, number] of answered) raise(this.#known[client] as Map<string, number>, key, number);
  }
}

function raise(numbers: Map<string, number>, key: string, number: number): void {
  if (number > (numbers.get(key) ?? 0)) numbers.set(key, number);
}

async function incrementInSession(redis: Redis, key: string): Promise<number> {
  await using session = await redis.session({ key });
  return await session.incr(key);
}

async function incrementInMulti(redis: Redis, key: string): Promise<number> {
  const multi = redis.multi();
  const result = multi.incr(key);
  result.catch(() => undefined);
  await multi.execute();
  return result;
}
