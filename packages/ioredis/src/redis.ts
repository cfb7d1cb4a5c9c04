import type { Redis as KvRedis, RedisClientOptions } from '@kv/redis';
import type { Callback } from './arguments.ts';
import { answer } from './callbacks.ts';
import { ClientShape } from './client.ts';
import { Command } from './command.ts';
import { closedError, knownError } from './errors.ts';
import { clientOptions, type Options, openClient, readArguments } from './options.ts';
import { followSentinels } from './sentinels.ts';
import { followConnection } from './status.ts';

/** One server, or the primary that sentinels know. */
export class Redis extends ClientShape {
  readonly isCluster = false;

  /** Port, host, path, address and options, in the orders that ioredis takes them. */
  constructor(...given: unknown[]) {
    super(readArguments(given));
  }

  /** The same as `new Redis()`. */
  static createClient(...given: unknown[]): Redis {
    return new Redis(...given);
  }

  /** Is called by the constructor of the base class: there are no private members of this one yet. */
  protected open(backoff: RedisClientOptions['backoff']): KvRedis {
    const { sentinels, sentinelRetryStrategy: strategy } = this.options;
    const kv = openClient(this.options, { ...clientOptions(this.options, backoff), bytes: false });
    if (!sentinels) followConnection(kv, this);
    else followSentinels(kv, this, { strategy, giveUp: (reason) => this.giveUp(reason) });
    return kv;
  }

  duplicate(override: Options = {}): this {
    const Same = this.constructor as new (options: Options) => this;
    return new Same({ ...this.options, ...override });
  }

  /** A client that emits `monitor` with time, arguments, source and database of every command that the server runs. */
  monitor(callback?: Callback<Redis>): Promise<Redis> {
    const monitor = this.#monitor();
    if (callback !== undefined) answer(monitor, callback as Callback);
    return monitor;
  }

  async #monitor(): Promise<this> {
    const twin = this.duplicate({ lazyConnect: true, monitor: true });
    await twin.connect();
    await new Promise<void>((onStart, onEnd) => {
      readMonitor(twin, onStart).then(() => onEnd(closedError()), onEnd);
    });
    return twin;
  }
}

/** Emits what the server runs, until the client is closed. @param onStart called when the server has begun to tell it */
async function readMonitor(client: Redis, onStart: () => void): Promise<void> {
  try {
    for await (const { time, args, source, db } of client.kv.monitor({ onStart }))
      client.emit('monitor', String(time), [...args], source, String(db));
  } catch (error) {
    client.disconnect();
    throw knownError(error);
  }
}

/** Prints the outcome of a call: as a callback, to try things out. */
export function print(error: Error | null | undefined, reply?: unknown): void {
  if (error) console.log(`Error: ${error}`);
  else console.log(`Reply: ${String(reply)}`);
}

Object.assign(Redis, { Command, print });
