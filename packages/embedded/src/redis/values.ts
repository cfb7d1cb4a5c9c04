import type { Deque } from '../deque.ts';
import { byBytes, SortedList } from '../sorted-list.ts';
import type { Stream } from './stream/stream.ts';

/**
 * What a key can hold; strings have one character per byte. The form of a string shows in OBJECT ENCODING only: some
 * commands leave a plain text behind where others would note that it is a number.
 */
export type Value =
  | { readonly type: 'string'; readonly text: string; readonly form?: 'raw' | 'text' }
  | { readonly type: 'list'; readonly items: Deque<string> }
  | { readonly type: 'hash'; readonly fields: Map<string, string>; large?: boolean }
  | { readonly type: 'set'; readonly members: Set<string>; large?: boolean }
  | { readonly type: 'zset'; readonly members: ScoredMembers; large?: boolean }
  | { readonly type: 'stream'; readonly stream: Stream };

export type ValueOf<T extends Value['type']> = Extract<Value, { type: T }>;

/** A member of a sorted set. */
export interface Scored {
  readonly member: string;
  readonly score: number;
}

/** Order of a sorted set: score, then member. */
export function byScore(a: Scored, b: Scored): number {
  if (a.score !== b.score) return a.score < b.score ? -1 : 1;
  return byBytes(a.member, b.member);
}

/** The members of a sorted set, by name and in order. */
export class ScoredMembers {
  readonly #scores = new Map<string, number>();
  readonly order: SortedList<Scored> = new SortedList<Scored>(byScore);

  get size(): number {
    return this.#scores.size;
  }

  get(member: string): number | undefined {
    return this.#scores.get(member);
  }

  has(member: string): boolean {
    return this.#scores.has(member);
  }

  set(member: string, score: number): void {
    const before = this.#scores.get(member);
    if (before !== undefined) this.order.delete({ member, score: before });
    const plain = score + 0; // -0 is stored as 0
    this.#scores.set(member, plain);
    this.order.add({ member, score: plain });
  }

  delete(member: string): boolean {
    const score = this.#scores.get(member);
    if (score === undefined) return false;
    this.#scores.delete(member);
    return this.order.delete({ member, score });
  }

  /** Position of a member that is there. */
  rank(member: string): number {
    return this.order.rank({ member, score: this.#scores.get(member) as number });
  }

  [Symbol.iterator](): Iterator<Scored> {
    return this.order.up();
  }
}

const EMBEDDED_STRING = 44;
const LISTPACK_TEXT = 64;
const HASH_ENTRIES = 512;
const ZSET_ENTRIES = 128;
const INTSET_ENTRIES = 512;
const INTEGER = /^(0|-?[1-9][0-9]{0,18})$/;

/** All members are integers and not too many: the set is kept, and listed, in their order. */
export function isIntset(value: ValueOf<'set'>): boolean {
  value.large ||= value.members.size > INTSET_ENTRIES || [...value.members].some((member) => !INTEGER.test(member));
  return !value.large;
}

/** The name that OBJECT ENCODING gives. Once large, a value stays so. */
export function encodingOf(value: Value): string {
  if (value.type === 'list') return 'quicklist';
  if (value.type === 'set') return isIntset(value) ? 'intset' : 'hashtable';
  if (value.type === 'string') return stringEncoding(value);
  if (value.type === 'stream') return 'stream';
  settle(value);
  if (value.type === 'hash') return value.large === true ? 'hashtable' : 'listpack';
  return value.large === true ? 'skiplist' : 'listpack';
}

/** Notes whether a value has become too large for the compact form. */
export function settle(value: Value): void {
  if (value.type === 'hash') {
    value.large ||= value.fields.size > HASH_ENTRIES || [...value.fields].some((pair) => pair.some(isLong));
  } else if (value.type === 'zset') {
    value.large ||= value.members.size > ZSET_ENTRIES || [...value.members].some(({ member }) => isLong(member));
  } else if (value.type === 'set') isIntset(value);
}

function isLong(text: string): boolean {
  return text.length > LISTPACK_TEXT;
}

function stringEncoding({ text, form }: ValueOf<'string'>): string {
  if (form === 'raw') return 'raw';
  const number = form !== 'text' && INTEGER.test(text) ? BigInt(text) : undefined;
  if (number !== undefined && BigInt.asIntN(64, number) === number) return 'int';
  return text.length <= EMBEDDED_STRING ? 'embstr' : 'raw';
}
