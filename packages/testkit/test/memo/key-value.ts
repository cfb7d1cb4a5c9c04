import {
  BasicKeyValue,
  type CommandSender,
  type KeyCommands,
  KeySpace,
  type KeyValue,
  type KeyValueOptions,
} from '@kv/core';
import { del, expire, get, has, incr, keys, set, ttl } from './commands/keys.ts';
import { FORBIDDEN } from './specs.ts';

/** The `KeyValue` contract on a client, pool, lease or connection. @throws ArgumentError */
export function keyValue<V>(client: CommandSender<V>, options: KeyValueOptions = {}): KeyValue<V> {
  const space = new KeySpace(options);
  const endOf = (ms: number): number => (ms === Number.POSITIVE_INFINITY ? 0 : ms);
  const commands: KeyCommands<V> = {
    get,
    set: (key, value, ms) => set<V>(key, value, endOf(ms)),
    del,
    has,
    increment: incr,
    expire: (key, ms) => expire<V>(key, endOf(ms)),
    ttl,
  };
  return new MemoKeyValue(client, space, commands, {
    ttlGrain: 1,
    ttlLateness: 1,
    maxTtl: 2 ** 52,
    orderedKeys: false,
    uniqueKeys: true,
    liveKeys: true,
    incrementSteps: 'any',
    emptyPrefix: true,
    emptyValues: true,
    atomicSetMany: 'never',
    exactCounts: true,
    maxKeyBytes: Number.POSITIVE_INFINITY,
    forbiddenInKeys: FORBIDDEN,
  });
}

class MemoKeyValue<V> extends BasicKeyValue<V> {
  protected async *scan(begin: string): AsyncGenerator<string | Uint8Array, void, undefined> {
    yield* (await this.client.send(keys<V>(begin))) as (string | Uint8Array)[];
  }
}
