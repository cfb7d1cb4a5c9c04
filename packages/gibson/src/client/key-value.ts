/** The contract of all backends on Gibson. Decisions: docs/decisions/0020-key-value.md */
import {
  ArgumentError,
  BasicKeyValue,
  type Capabilities,
  type CommandSender,
  type KeyCommands,
  KeySpace,
  type KeyValue,
  type KeyValueOptions,
} from '@kv/core';
import { keys as keysBelow, mdel } from '../commands/multi.ts';
import { del, get, inc, metaLeft, metaSize, set, ttl as setTtl } from '../commands/single.ts';
import { MAX_TTL } from '../commands/support/arguments.ts';
import type { ServerLimits } from '../protocol/limits.ts';

/** What {@link keyValue} needs of a client, pool or lease. */
export interface GibsonSender<V> extends CommandSender<V> {
  /** The limits of the server that it was made with. */
  readonly serverLimits: ServerLimits;
}

/** SET keeps its ttl, at most five digits, and a space where the key is kept. */
const TTL_ROOM = 6;
/** An item with the time t ends as early as t - 1 seconds: the server counts the seconds that its clock shows. */
const EARLY = 1;
/** That clock is up to this old, ms: the server looks at the time ten times a second (`cron_period`). */
const CLOCK_LAG = 100;

/**
 * The `KeyValue` contract on a Gibson client, pool or lease. Closing stays with the client.
 *
 * @throws ArgumentError for a wrong option
 * @example
 * const kv = keyValue(gibson, { prefix: 'shop:' })
 * await kv.set('page:7', '<html>', { ttl: 60_000 })
 * await kv.clear('page:') // one request, however many there are
 */
export function keyValue<V = string>(client: GibsonSender<V>, options: KeyValueOptions = {}): KeyValue<V> {
  const space = new KeySpace(options);
  return new GibsonKeyValue(client, space, commandsOf<V>(), capabilitiesOf(client, space));
}

class GibsonKeyValue<V> extends BasicKeyValue<V> {
  override async increment(key: string, by = 1): Promise<number> {
    this.space.key(key);
    if (by !== 1) throw new ArgumentError('by: Gibson adds one at a time, expected 1');
    return super.increment(key);
  }

  override async ttl(key: string): Promise<number | null> {
    const left = await super.ttl(key);
    if (left === null) return null;
    return left < 0 ? Number.POSITIVE_INFINITY : Math.max(left - EARLY, 0) * 1000;
  }

  override async clear(prefix: string): Promise<number> {
    return this.client.send(mdel<V>(this.space.begin(prefix)));
  }

  protected async *scan(begin: string): AsyncGenerator<string | Uint8Array, void, undefined> {
    yield* (await this.client.send(keysBelow<V>(begin))) as (string | Uint8Array)[];
  }
}

/** Entries are got one by one: MGET would carry all values in one reply, and the server ends the connection when that is too long. */
function commandsOf<V>(): KeyCommands<V> {
  return {
    get,
    set: (key, value, ttl) => set<V>(key, value, { ttl: seconds(ttl) }),
    del,
    has: metaSize, // no value is empty
    increment: inc,
    expire: (key, ttl) => setTtl<V>(key, seconds(ttl)),
    ttl: metaLeft,
  };
}

function capabilitiesOf<V>({ keyPrefix, serverLimits }: GibsonSender<V>, space: KeySpace): Capabilities {
  return {
    ttlGrain: 1000,
    ttlLateness: 2000 + 2 * CLOCK_LAG, // rounding, the second on top, and the lag, which counts either way
    maxTtl: (MAX_TTL - EARLY) * 1000 - CLOCK_LAG,
    orderedKeys: false,
    uniqueKeys: true,
    liveKeys: false,
    incrementSteps: 'one',
    emptyPrefix: keyPrefix + space.prefix !== '',
    emptyValues: false,
    atomicSetMany: 'never',
    exactCounts: true,
    maxKeyBytes: serverLimits.maxKeySize - TTL_ROOM - space.bytesWith(keyPrefix),
    forbiddenInKeys: [' ', '\0'],
  };
}

/** Whole seconds for the server, so that an entry never ends early; 0 = without end. */
function seconds(ms: number): number {
  return ms === Number.POSITIVE_INFINITY ? 0 : Math.ceil((ms + CLOCK_LAG) / 1000) + EARLY;
}
