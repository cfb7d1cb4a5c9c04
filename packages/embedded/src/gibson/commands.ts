import type { Clock } from '../clock.ts';
import { Disconnect } from '../conversation.ts';
import { Arguments, parseNumber } from './arguments.ts';
import type { GibsonLimits } from './limits.ts';
import { codeReply, ReplyCode, rowsData, rowsReply, valueReply } from './replies.ts';
import type { Item, Store } from './store.ts';
import type { TrieEntry } from './trie.ts';

/** What a command works on. */
export interface Context {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: GibsonLimits;
  /** The whole reply of STATS. */
  stats(): string;
}

type Handler = (context: Context, payload: string) => string;

const OK = codeReply(ReplyCode.ok);
const ERROR = codeReply(ReplyCode.error);
const NOT_FOUND = codeReply(ReplyCode.notFound);
const NOT_A_NUMBER = codeReply(ReplyCode.notANumber);
const OUT_OF_MEMORY = codeReply(ReplyCode.memory);
const LOCKED = codeReply(ReplyCode.locked);

function set(context: Context, payload: string): string {
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

function get(context: Context, payload: string): string {
  return withItem(context, payload, (item) => {
    item.access = context.clock.seconds();
    return valueReply(item.value);
  });
}

/** The lock is looked at before the expiry, so a dead item can still be locked. */
function del(context: Context, payload: string): string {
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
function step(by: bigint): Handler {
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

function ttl(context: Context, payload: string): string {
  return withItemAndNumber(context, payload, (item, seconds) => {
    restart(context, item);
    item.ttl = storedTtl(seconds, context.limits);
    return OK;
  });
}

function lock(context: Context, payload: string): string {
  return withItemAndNumber(context, payload, (item, seconds) => {
    if (context.store.locked(item)) return LOCKED;
    restart(context, item);
    item.lock = Number(BigInt.asIntN(32, seconds));
    return OK;
  });
}

function unlock(context: Context, payload: string): string {
  return withItem(context, payload, (item) => {
    item.lock = 0;
    return OK;
  });
}

/** Changes what is there, under the key cut at its first NUL: the server takes it for the end of the key. */
function mset(context: Context, payload: string): string {
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

function mttl(context: Context, payload: string): string {
  return withPrefixAndNumber(context, payload, (entries, seconds) => {
    for (const { value } of entries) {
      restart(context, value);
      value.ttl = storedTtl(seconds, context.limits);
    }
    return countReply(entries.length);
  });
}

function mlock(context: Context, payload: string): string {
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
function mget(context: Context, payload: string): string {
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
function keys(context: Context, payload: string): string {
  const prefix = keyOf(context, payload);
  if (prefix === '') return ERROR;
  const found = context.store.items.search(prefix);
  if (found.length === 0) return NOT_FOUND;
  const rows = found.map(({ key }, index) => ({ key: String(index), value: cutAtNul(key) }));
  return limited(context, rowsData(rows.length, rows));
}

function mdel(context: Context, payload: string): string {
  return withPrefix(context, payload, (entries) => {
    const free = entries.filter(({ value }) => !context.store.locked(value));
    for (const { key } of free) context.store.delete(key);
    return countReply(free.length);
  });
}

/** Compressed texts are counted but not changed. */
function mstep(by: bigint): Handler {
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

function munlock(context: Context, payload: string): string {
  return withPrefix(context, payload, (entries) => {
    for (const { value } of entries) value.lock = 0;
    return countReply(entries.length);
  });
}

function count(context: Context, payload: string): string {
  return withPrefix(context, payload, (entries) => valueReply(BigInt(entries.length)));
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
function meta(context: Context, payload: string): string {
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

/** Opcode → command. END (255) is the connection's business. */
export const commands: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [1, set],
  [2, ttl],
  [3, get],
  [4, del],
  [5, step(1n)],
  [6, step(-1n)],
  [7, lock],
  [8, unlock],
  [9, mset],
  [10, mttl],
  [11, mget],
  [12, mdel],
  [13, mstep(1n)],
  [14, mstep(-1n)],
  [15, mlock],
  [16, munlock],
  [17, count],
  [18, (context) => context.stats()],
  [19, () => OK],
  [20, meta],
  [21, keys],
]);

function keyOf(context: Context, payload: string): string {
  return new Arguments(payload, context.limits.maxKeySize).word();
}

function withItem(context: Context, payload: string, use: (item: Item) => string): string {
  const key = keyOf(context, payload);
  if (key === '') return ERROR;
  const item = context.store.live(key);
  return item === undefined ? NOT_FOUND : use(item);
}

/** The key is looked up before the number is looked at. */
function withItemAndNumber(context: Context, payload: string, use: (item: Item, n: bigint) => string): string {
  const words = new Arguments(payload, context.limits.maxKeySize);
  const key = words.word();
  const text = words.rest();
  if (key === '' || text === '') return ERROR;
  const item = context.store.live(key);
  if (item === undefined) return NOT_FOUND;
  const n = text === undefined ? undefined : parseNumber(text);
  return n === undefined ? NOT_A_NUMBER : use(item, n);
}

function withPrefix(context: Context, payload: string, use: (entries: TrieEntry<Item>[]) => string): string {
  const prefix = keyOf(context, payload);
  return prefix === '' ? ERROR : use(context.store.search(prefix));
}

/** The number is looked at before the search. */
function withPrefixAndNumber(
  context: Context,
  payload: string,
  use: (entries: TrieEntry<Item>[], n: bigint) => string,
): string {
  const words = new Arguments(payload, context.limits.maxKeySize);
  const prefix = words.word();
  const text = words.rest();
  if (prefix === '' || text === '') return ERROR;
  const n = text === undefined ? undefined : parseNumber(text);
  return n === undefined ? NOT_A_NUMBER : use(context.store.search(prefix), n);
}

function restart(context: Context, item: Item): void {
  item.created = context.clock.seconds();
}

/** A negative time means the maximum; 16 bits are stored, so anything above 32767 turns into something else. */
function storedTtl(seconds: bigint, limits: GibsonLimits): number {
  const max = BigInt(limits.maxItemTtl);
  return Number(BigInt.asIntN(16, seconds < 0n || seconds > max ? max : seconds));
}

function numberIn(item: Item): bigint | undefined {
  if (typeof item.value === 'bigint') return item.value;
  return item.compressed ? undefined : parseNumber(item.value);
}

function countReply(n: number): string {
  return n === 0 ? NOT_FOUND : valueReply(BigInt(n));
}

function cutAtNul(key: string): string {
  const nul = key.indexOf('\0');
  return nul < 0 ? key : key.slice(0, nul);
}

/** A list that is too large closes the connection instead. */
export function limited(context: Pick<Context, 'limits'>, data: string): string {
  if (data.length > context.limits.maxResponseSize) throw new Disconnect('list larger than max_response_size');
  return rowsReply(data);
}
