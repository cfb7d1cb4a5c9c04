import type { Message, Redis, Script, Subscription } from '@kv/redis';
import * as source from '@kv/redis';
import type { ModelSubscription } from '../src/model-news.ts';
import { elementOf, keysOf, type Operation, type Reading, storedUnder } from '../src/model-plan.ts';
import type { ReaderEvents } from '../src/model-reader.ts';
import type { RedisServer } from '../src/redis-server.ts';
import { type Backend, type Backends, type Impatience, impatient } from './proxied-session.ts';
import { flood } from './redis-flood.ts';
import { COUNT_AND_FAIL, countAndFail } from './redis-scripts.ts';
import { collect, countInSession, LOGIN, transact } from './redis-ways.ts';

export type RedisModule = typeof source;

/** How a client is made, and what it is called with. */
export interface RedisVariation {
  readonly protocol?: 2 | 3 | undefined;
  readonly maxQueueBytes?: number | undefined;
  /** The copy of the package that makes the client; default: the sources. */
  readonly client?: RedisModule | undefined;
  /** The copy that makes all commands and scripts as values; default: typed methods of the client. */
  readonly values?: RedisModule | undefined;
  /** Slow commands let the whole server sleep, instead of being delayed on their way. */
  readonly sleeps?: boolean | undefined;
  /** Deadline and liveness, where {@link impatient} is too short. */
  readonly times?: Impatience | undefined;
  /** It logs in as {@link LOGIN} says. */
  readonly logsIn?: boolean | undefined;
}

/** How long pops wait by themselves, seconds. */
const POP_SECONDS = [0, 0.03, 5];

class RedisBackend implements Backend {
  readonly #redis: Redis;
  readonly #direct: Redis;
  readonly #prefix: string;
  readonly #values: RedisModule | undefined;
  readonly #script: Script;
  readonly #sleeps: boolean;
  /** What CLIENT INFO says of every connection that is as new. */
  readonly #facts: readonly string[];

  constructor(port: number, keyPrefix: string, direct: Redis, variation: RedisVariation) {
    this.#prefix = keyPrefix;
    this.#direct = direct;
    const { client = source, values, protocol, maxQueueBytes, sleeps = false, times, logsIn } = variation;
    const url = `redis://127.0.0.1:${port}`;
    const options = { ...impatient, ...times, ...(logsIn === true ? LOGIN : {}), keyPrefix, protocol, maxQueueBytes };
    this.#redis = client.createRedis(url, options);
    const login = logsIn === true ? [`user=${LOGIN.username}`, `name=${LOGIN.name}`] : [];
    this.#facts = ['db=0', 'flags=N', 'multi=-1', `resp=${protocol ?? 3}`, ...login];
    this.#values = values;
    this.#script = (values?.createRedis(url) ?? this.#redis).script(COUNT_AND_FAIL, { keys: 1 });
    this.#sleeps = sleeps;
  }

  async call(operation: Operation, timeout?: number): Promise<string | number | bigint | null | undefined> {
    const redis = timeout === undefined ? this.#redis : this.#redis.with({ timeout });
    const keys = keysOf(operation);
    const [first = ''] = keys;
    switch (operation.kind) {
      case 'read':
        return this.#values === undefined ? redis.get(first) : text(await this.#send(redis, 'GET', first));
      case 'increment':
        return this.#values === undefined ? redis.incr(first) : Number(await this.#send(redis, 'INCR', first));
      case 'write':
        return String(await this.#write(redis, first, storedUnder(first, operation.size)));
      case 'transaction': {
        const { command } = this.#values ?? source;
        const commands = keys.map((key) => command('SET', key, storedUnder(key, operation.size)));
        await transact(operation.id, redis, keys, commands);
        return 'OK';
      }
      case 'script':
        await countAndFail(operation.id, redis, this.#script, first, operation.word);
        return undefined;
      case 'flood':
        await this.#flood(redis, operation);
        return undefined;
      case 'slow':
        return this.#slowly(first, operation.ms);
      case 'session':
        return countInSession(operation.id, redis, first, this.#facts);
      case 'collect':
        await collect(operation.id, redis, first);
        return undefined;
      case 'push':
        await redis.rpush(first, elementOf(operation.id));
        return undefined;
      case 'pop':
        return (await redis.blpop(first, POP_SECONDS[operation.id % POP_SECONDS.length] ?? 0))?.element ?? null;
      default:
        return null;
    }
  }

  async subscribe(channel: number, name: string, reading: Reading, events: ReaderEvents): Promise<ModelSubscription> {
    const subscription = await this.#subscribed(channel, name);
    subscription.on('gap', () => events.gap());
    if (reading === 'listener') subscription.on('message', ({ message }) => events.message(message));
    else void readAll(subscription, events);
    return subscription;
  }

  close(): Promise<void> {
    return this.#redis.close();
  }

  #flood(redis: Redis, { id, reading, again }: Extract<Operation, { kind: 'flood' }>): Promise<void> {
    const publish = (channel: string, text: string): Promise<number> => this.#direct.publish(channel, text);
    return flood({ redis, publish, channel: `${this.#prefix}flood${id}`, reading, again });
  }

  #subscribed(channel: number, name: string): Promise<Subscription> {
    if (channel === 0) return this.#redis.subscribe(name);
    return channel === 1 ? this.#redis.psubscribe(`${name}*`) : this.#redis.ssubscribe(name);
  }

  #send(redis: Redis, name: string, ...args: string[]): Promise<unknown> {
    return redis.send((this.#values ?? source).command(name, ...args));
  }

  #write(redis: Redis, key: string, value: string): Promise<unknown> {
    return this.#values === undefined ? redis.set(key, value) : this.#send(redis, 'SET', key, value);
  }

  /** Without a deadline: its neighbors have theirs. */
  async #slowly(key: string, ms: number): Promise<number> {
    const patient = this.#redis.with({ timeout: 0 });
    if (!this.#sleeps) return patient.incr(key);
    const { command } = source;
    const results = await patient.sendAll([command('DEBUG', 'SLEEP', String(ms / 1000)), command('INCR', key)]);
    return Number(results[1]);
  }
}

function text(value: unknown): string | null {
  return value === null ? null : String(value as string | number);
}

async function readAll(subscription: AsyncIterable<Message>, events: ReaderEvents): Promise<void> {
  try {
    for await (const { message } of subscription) events.message(message);
    events.ended();
  } catch (error) {
    events.ended(error);
  }
}

/** Lists as what they have, separated by commas. */
async function stored(direct: Redis, keys: readonly string[]): Promise<(string | null)[]> {
  const values = await direct.mget([...keys]);
  return Promise.all(
    keys.map(async (key, i) => {
      const isList = /:l\d+$/.test(key);
      return isList ? (await direct.lrange(key, 0, -1)).join() : (values[i] ?? null);
    }),
  );
}

/** Clients of a real Redis. `direct` reads past the faults. */
export function redisBackends(
  server: RedisServer,
  direct: Redis,
  vary: (variant: number) => RedisVariation = () => ({}),
): Backends {
  return {
    target: server,
    open: (port, prefix, variant) => new RedisBackend(port, prefix, direct, vary(variant)),
    publish: async (channel, name, message) => {
      await (channel === 2 ? direct.spublish(name, message) : direct.publish(name, message));
    },
    inspect: (keys) => stored(direct, keys),
  };
}
