/** Commands on all keys with a prefix. */
import { Disconnect } from '../conversation.ts';
import { Arguments, parseNumber } from './arguments.ts';
import {
  type Context,
  countReply,
  cutAtNul,
  ERROR,
  type Handler,
  keyOf,
  limited,
  NOT_A_NUMBER,
  NOT_FOUND,
  numberIn,
  OUT_OF_MEMORY,
  restart,
  storedTtl,
  withPrefix,
  withPrefixAndNumber,
} from './command.ts';
import { rowsData, valueReply } from './replies.ts';

/** Changes what is there, under the key cut at its first NUL: the server takes it for the end of the key. */
export function mset(context: Context, payload: string): string {
  const { store, limits } = context;
  if (store.memoryUsed > limits.maxMemory) return OUT_OF_MEMORY;
  const words = new Arguments(payload, limits.maxKeySize);
  const prefix = words.word();
  const value = words.rest();
  if (prefix === '' || value === '') return ERROR;
  if (value === undefined) throw new Disconnect('a real server dies of MSET without a value');
  const free = store.search(prefix).filter((entry) => !store.locked(entry.value));
  for (const { key } of free) {
    const target = cutAtNul(key);
    if (target === '') throw new Disconnect('a real server dies of MSET on a key that starts with NUL');
    store.put(target, value.slice(0, limits.maxValueSize), -1);
  }
  return countReply(free.length);
}

export function mttl(context: Context, payload: string): string {
  return withPrefixAndNumber(context, payload, (entries, seconds) => {
    for (const { value } of entries) {
      restart(context, value);
      value.ttl = storedTtl(seconds, context.limits);
    }
    return countReply(entries.length);
  });
}

export function mlock(context: Context, payload: string): string {
  return withPrefixAndNumber(context, payload, (entries, seconds) => {
    const free = entries.filter(({ value }) => !context.store.locked(value));
    for (const { value } of free) {
      restart(context, value);
      value.lock = Number(BigInt.asIntN(32, seconds));
    }
    return countReply(free.length);
  });
}

/**
 * Counts the living items, but lists them only up to the first dead one. The limit counts dead ones too.
 */
export function mget(context: Context, payload: string): string {
  const words = new Arguments(payload, context.limits.maxKeySize);
  const prefix = words.word();
  const limitText = words.rest();
  if (prefix === '' || limitText === '') return ERROR;
  const limit = limitText === undefined ? 0n : parseNumber(limitText);
  if (limit === undefined) return NOT_A_NUMBER;
  const found = context.store.items.search(prefix, limit > 0n ? Number(limit) : undefined);
  const dead = found.filter(({ value }) => context.store.expired(value));
  for (const { key } of dead) context.store.delete(key);
  const count = found.length - dead.length;
  if (count === 0) return NOT_FOUND;
  const shown = dead[0] === undefined ? found : found.slice(0, found.indexOf(dead[0]));
  for (const { value } of shown) value.access = context.clock.seconds();
  return limited(
    context,
    rowsData(
      count,
      shown.map(({ key, value }) => ({ key: cutAtNul(key), value: value.value })),
    ),
  );
}

/** Does not look at expiry. Key and value change roles: the key is an index. */
export function keys(context: Context, payload: string): string {
  const prefix = keyOf(context, payload);
  if (prefix === '') return ERROR;
  const found = context.store.items.search(prefix);
  if (found.length === 0) return NOT_FOUND;
  const rows = found.map(({ key }, index) => ({ key: String(index), value: cutAtNul(key) }));
  return limited(context, rowsData(rows.length, rows));
}

export function mdel(context: Context, payload: string): string {
  return withPrefix(context, payload, (entries) => {
    const free = entries.filter(({ value }) => !context.store.locked(value));
    for (const { key } of free) context.store.delete(key);
    return countReply(free.length);
  });
}

/** Compressed texts are counted but not changed. */
export function mstep(by: bigint): Handler {
  return (context, payload) =>
    withPrefix(context, payload, (entries) => {
      let count = 0;
      for (const { value: item } of entries) {
        const value = numberIn(item);
        if (context.store.locked(item) || (value === undefined && !item.compressed)) continue;
        if (value !== undefined) context.store.change(item, BigInt.asIntN(64, value + by));
        count += 1;
      }
      return countReply(count);
    });
}

export function munlock(context: Context, payload: string): string {
  return withPrefix(context, payload, (entries) => {
    for (const { value } of entries) value.lock = 0;
    return countReply(entries.length);
  });
}

export function count(context: Context, payload: string): string {
  return withPrefix(context, payload, (entries) => valueReply(BigInt(entries.length)));
}
