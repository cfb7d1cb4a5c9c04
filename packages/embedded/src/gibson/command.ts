import type { Clock } from '../clock.ts';
import { Disconnect } from '../conversation.ts';
import { Arguments, parseNumber } from './arguments.ts';
import type { GibsonLimits } from './limits.ts';
import { codeReply, ReplyCode, rowsReply, valueReply } from './replies.ts';
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

/** Runs a command: payload in, reply out. */
export type Handler = (context: Context, payload: string) => string;

/** Replies that carry a code only. */
export const OK: string = codeReply(ReplyCode.ok);
export const ERROR: string = codeReply(ReplyCode.error);
export const NOT_FOUND: string = codeReply(ReplyCode.notFound);
export const NOT_A_NUMBER: string = codeReply(ReplyCode.notANumber);
export const OUT_OF_MEMORY: string = codeReply(ReplyCode.memory);
export const LOCKED: string = codeReply(ReplyCode.locked);

/** The first word of a payload. */
export function keyOf(context: Context, payload: string): string {
  return new Arguments(payload, context.limits.maxKeySize).word();
}

/** Looks up the living item of the key in the payload. */
export function withItem(context: Context, payload: string, use: (item: Item) => string): string {
  const key = keyOf(context, payload);
  if (key === '') return ERROR;
  const item = context.store.live(key);
  return item === undefined ? NOT_FOUND : use(item);
}

/** The key is looked up before the number is looked at. */
export function withItemAndNumber(context: Context, payload: string, use: (item: Item, n: bigint) => string): string {
  const words = new Arguments(payload, context.limits.maxKeySize);
  const key = words.word();
  const text = words.rest();
  if (key === '' || text === '') return ERROR;
  const item = context.store.live(key);
  if (item === undefined) return NOT_FOUND;
  const n = text === undefined ? undefined : parseNumber(text);
  return n === undefined ? NOT_A_NUMBER : use(item, n);
}

/** Searches the living items under the prefix in the payload. */
export function withPrefix(context: Context, payload: string, use: (entries: TrieEntry<Item>[]) => string): string {
  const prefix = keyOf(context, payload);
  return prefix === '' ? ERROR : use(context.store.search(prefix));
}

/** The number is looked at before the search. */
export function withPrefixAndNumber(
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

/** Starts the life of an item again. */
export function restart(context: Context, item: Item): void {
  item.created = context.clock.seconds();
}

/** A negative time means the maximum; 16 bits are stored, so anything above 32767 turns into something else. */
export function storedTtl(seconds: bigint, limits: GibsonLimits): number {
  const max = BigInt(limits.maxItemTtl);
  return Number(BigInt.asIntN(16, seconds < 0n || seconds > max ? max : seconds));
}

/** The number that an item holds or spells; compressed texts never spell one. */
export function numberIn(item: Item): bigint | undefined {
  if (typeof item.value === 'bigint') return item.value;
  return item.compressed ? undefined : parseNumber(item.value);
}

/** A count of items; none is "not found". */
export function countReply(n: number): string {
  return n === 0 ? NOT_FOUND : valueReply(BigInt(n));
}

/** What a C string would show of a key. */
export function cutAtNul(key: string): string {
  const nul = key.indexOf('\0');
  return nul < 0 ? key : key.slice(0, nul);
}

/** A list that is too large closes the connection instead. */
export function limited(context: Pick<Context, 'limits'>, data: string): string {
  if (data.length > context.limits.maxResponseSize) throw new Disconnect('list larger than max_response_size');
  return rowsReply(data);
}
