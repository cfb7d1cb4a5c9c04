/** Commands on one key. */
import { Disconnect } from '../conversation.ts';
import { Arguments, parseNumber } from './arguments.ts';
import {
  type Context,
  ERROR,
  type Handler,
  keyOf,
  LOCKED,
  NOT_A_NUMBER,
  NOT_FOUND,
  numberIn,
  OK,
  OUT_OF_MEMORY,
  restart,
  storedTtl,
  withItem,
  withItemAndNumber,
} from './command.ts';
import { valueReply } from './replies.ts';
import type { Item } from './store.ts';

export function set(context: Context, payload: string): string {
  const { store, limits } = context;
  if (store.memoryUsed > limits.maxMemory) return OUT_OF_MEMORY;
  const words = new Arguments(payload, limits.maxKeySize);
  const seconds = words.word();
  const key = words.word();
  const value = words.rest();
  if (seconds === '' || key === '' || value === '') return ERROR;
  if (value === undefined) throw new Disconnect('a real server dies of SET without a value');
  const ttl = parseNumber(seconds);
  if (ttl === undefined) return NOT_A_NUMBER;
  const before = store.raw(key);
  if (before !== undefined && store.locked(before)) return LOCKED;
  const kept = value.slice(0, limits.maxValueSize);
  store.put(key, kept, ttl <= 0n ? -1 : storedTtl(ttl, limits));
  return valueReply(kept);
}

export function get(context: Context, payload: string): string {
  return withItem(context, payload, (item) => {
    item.access = context.clock.seconds();
    return valueReply(item.value);
  });
}

/** The lock is looked at before the expiry, so a dead item can still be locked. */
export function del(context: Context, payload: string): string {
  const { store } = context;
  const key = keyOf(context, payload);
  if (key === '') return ERROR;
  const item = store.raw(key);
  if (item === undefined) return NOT_FOUND;
  if (store.locked(item)) return LOCKED;
  const dead = store.expired(item);
  store.delete(key);
  return dead ? NOT_FOUND : OK;
}

/** A missing key becomes 1, also by DEC; an expired one is not found once. */
export function step(by: bigint): Handler {
  return (context, payload) => {
    const { store } = context;
    const key = keyOf(context, payload);
    if (key === '') return ERROR;
    if (store.raw(key) === undefined) return valueReply(store.put(key, 1n, -1).value);
    const item = store.live(key);
    if (item === undefined) return NOT_FOUND;
    if (store.locked(item)) return LOCKED;
    const value = numberIn(item);
    if (value === undefined) return NOT_A_NUMBER;
    store.change(item, BigInt.asIntN(64, value + by));
    return valueReply(item.value);
  };
}

export function ttl(context: Context, payload: string): string {
  return withItemAndNumber(context, payload, (item, seconds) => {
    restart(context, item);
    item.ttl = storedTtl(seconds, context.limits);
    return OK;
  });
}

export function lock(context: Context, payload: string): string {
  return withItemAndNumber(context, payload, (item, seconds) => {
    if (context.store.locked(item)) return LOCKED;
    restart(context, item);
    item.lock = Number(BigInt.asIntN(32, seconds));
    return OK;
  });
}

export function unlock(context: Context, payload: string): string {
  return withItem(context, payload, (item) => {
    item.lock = 0;
    return OK;
  });
}

const metaFields: readonly (readonly [name: string, read: (context: Context, item: Item) => number])[] = [
  ['size', (_, item) => item.size],
  ['encoding', (_, item) => (typeof item.value === 'bigint' ? 2 : Number(item.compressed))],
  ['access', (_, item) => item.access],
  ['created', (_, item) => item.created],
  ['ttl', (_, item) => item.ttl],
  ['left', ({ clock }, item) => (item.ttl > 0 ? item.ttl - (clock.seconds() - item.created) : -1)],
  ['lock', (_, item) => item.lock],
];

/** Fields match by common prefix in both directions. */
export function meta(context: Context, payload: string): string {
  const words = new Arguments(payload, context.limits.maxKeySize);
  const key = words.word();
  const wanted = words.rest();
  if (key === '' || wanted === '') return ERROR;
  const item = context.store.live(key);
  if (item === undefined) return NOT_FOUND;
  if (wanted === undefined) return ERROR;
  item.access = context.clock.seconds();
  const field = metaFields.find(([name]) => name.startsWith(wanted) || wanted.startsWith(name));
  return field === undefined ? ERROR : valueReply(BigInt(field[1](context, item)));
}
