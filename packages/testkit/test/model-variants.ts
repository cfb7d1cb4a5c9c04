/** The clients that the extended cases take in turn: both protocols, a small queue, commands of another copy. */
import { twoCopies } from '../src/two-copies.ts';
import type { GibsonCommands, GibsonVariation } from './gibson-driver.ts';
import type { RedisModule, RedisVariation } from './redis-driver.ts';
import type { SsdbModule, SsdbVariation } from './ssdb-driver.ts';

/** So many variants there are; {@link PlanOptions.variants}. */
export const VARIANTS = 8;

/** Bytes of a queue that a few calls fill. */
const SMALL_QUEUE = 400;

/** The facts of a variant, the same for all backends. */
interface Facts {
  readonly protocol: 2 | 3;
  readonly maxQueueBytes: number | undefined;
  readonly isCrossed: boolean;
}

function facts(variant: number): Facts {
  return {
    protocol: variant % 2 === 0 ? 3 : 2,
    maxQueueBytes: variant >= 2 && variant <= 4 ? SMALL_QUEUE : undefined,
    isCrossed: variant >= 6,
  };
}

/** Clients by variant; disposing removes the files of the copies. */
export interface Variants<Variation> extends AsyncDisposable {
  of(variant: number): Variation;
}

/** Variants of clients for Redis. */
export async function redisVariants(): Promise<Variants<RedisVariation>> {
  const copies = await twoCopies<RedisModule>(new URL('../../redis/src/index.ts', import.meta.url));
  const of = (variant: number): RedisVariation => {
    const { protocol, maxQueueBytes, isCrossed } = facts(variant);
    if (!isCrossed) return { protocol, maxQueueBytes };
    const [client, values] = variant === 6 ? [copies.esm, copies.cjs] : [copies.cjs, copies.esm];
    return { protocol, maxQueueBytes, client, values };
  };
  return { of, [Symbol.asyncDispose]: () => copies[Symbol.asyncDispose]() };
}

/** Variants of clients for SSDB. */
export async function ssdbVariants(): Promise<Variants<SsdbVariation>> {
  const copies = await twoCopies<SsdbModule>(new URL('../../ssdb/src/index.ts', import.meta.url));
  const of = (variant: number): SsdbVariation => {
    const { maxQueueBytes, isCrossed } = facts(variant);
    return isCrossed ? { values: copies.cjs } : { maxQueueBytes };
  };
  return { of, [Symbol.asyncDispose]: () => copies[Symbol.asyncDispose]() };
}

/** Variants of clients for Gibson. */
export async function gibsonVariants(): Promise<Variants<GibsonVariation>> {
  const copies = await twoCopies<GibsonCommands>(new URL('../../gibson/src/commands/index.ts', import.meta.url));
  const of = (variant: number): GibsonVariation => {
    const { maxQueueBytes, isCrossed } = facts(variant);
    return isCrossed ? { values: copies.cjs } : { maxQueueBytes };
  };
  return { of, [Symbol.asyncDispose]: () => copies[Symbol.asyncDispose]() };
}
