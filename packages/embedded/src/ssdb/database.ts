import { OrderedMap } from '../ordered-map.ts';
import { Queue } from './queue.ts';
import { hashKey, kvKey, queueKey, zsetKey } from './raw-keys.ts';
import { Zset } from './zset.ts';

/** Operations as the binlog numbers them. */
export const Operation = {
  none: 0,
  kvSet: 1,
  kvDelete: 2,
  hashSet: 3,
  hashDelete: 4,
  zsetSet: 5,
  zsetDelete: 6,
  begin: 7,
  end: 8,
  pushBack: 10,
  pushFront: 11,
  popBack: 12,
  popFront: 13,
  queueSet: 14,
} as const;

/** Told about every change, with the storage key. */
export type ChangeListener = (operation: number, rawKey: string, value?: string) => void;

/** The longest key, name, field or member. */
const MAX_KEY = 255;

/** The storage refused; carries the text of the reply, if it has one. */
export class StorageError extends Error {
  constructor(text = '') {
    super(text);
    this.name = 'StorageError';
  }
}

/** The four name spaces, and every change to them. */
export class Database {
  readonly kv: OrderedMap<string> = new OrderedMap<string>();
  readonly hashes: OrderedMap<OrderedMap<string>> = new OrderedMap<OrderedMap<string>>();
  readonly zsets: OrderedMap<Zset> = new OrderedMap<Zset>();
  /**
   * Sizes of zsets as the server counts them, apart from the members: `zfix` can get one wrong, and the size decides
   * whether a zset is listed. A size of 0 is not kept; one below 0 is kept and read as 0.
   */
  readonly zsetSizes: OrderedMap<number> = new OrderedMap<number>();
  readonly queues: OrderedMap<Queue> = new OrderedMap<Queue>();
  readonly #listeners = new Set<ChangeListener>();
  #sequence = 0n;

  /** Number of the last change. */
  get sequence(): bigint {
    return this.#sequence;
  }

  listen(listener: ChangeListener): void {
    this.#listeners.add(listener);
  }

  unlisten(listener: ChangeListener): void {
    this.#listeners.delete(listener);
  }

  /** Somebody copies this database. */
  get observed(): boolean {
    return this.#listeners.size > 0;
  }

  /** Refuses what is too long to be a key. */
  check(...keys: string[]): void {
    if (keys.some((key) => key.length > MAX_KEY)) throw new StorageError();
  }

  /** An empty key is quietly not stored. */
  set(key: string, value: string): void {
    this.check(key);
    if (key !== '') this.store(key, value);
  }

  /** As incr stores: also under an empty key. */
  store(key: string, value: string): void {
    this.kv.set(key, value);
    this.#log(Operation.kvSet, kvKey(key), value);
  }

  del(key: string): void {
    if (this.kv.delete(key)) this.#log(Operation.kvDelete, kvKey(key));
  }

  /** True when the field is new. */
  hset(name: string, field: string, value: string): boolean {
    const hash = this.hashes.get(name) ?? new OrderedMap<string>();
    this.hashes.set(name, hash);
    this.#log(Operation.hashSet, hashKey(name, field), value);
    return hash.set(field, value);
  }

  hdel(name: string, field: string): boolean {
    const hash = this.hashes.get(name);
    if (hash?.delete(field) !== true) return false;
    if (hash.size === 0) this.hashes.delete(name);
    this.#log(Operation.hashDelete, hashKey(name, field));
    return true;
  }

  /** True when the member is new. */
  zset(name: string, member: string, score: bigint): boolean {
    const zset = this.zsets.get(name) ?? new Zset();
    this.zsets.set(name, zset);
    if (zset.get(member) === score) return false;
    this.#log(Operation.zsetSet, zsetKey(name, member), String(score));
    const isNew = zset.set(member, score);
    if (isNew) this.#setZsetSize(name, this.zsetSize(name) + 1);
    return isNew;
  }

  zdel(name: string, member: string): boolean {
    const zset = this.zsets.get(name);
    if (zset?.delete(member) !== true) return false;
    if (zset.size === 0) this.zsets.delete(name);
    this.#setZsetSize(name, this.zsetSize(name) - 1);
    this.#log(Operation.zsetDelete, zsetKey(name, member));
    return true;
  }

  zsetSize(name: string): number {
    return Math.max(0, this.zsetSizes.get(name) ?? 0);
  }

  /** Counts the members again. The server finds none when the name has the greatest length: its defect. */
  fixZset(name: string): number {
    const size = name.length < MAX_KEY ? (this.zsets.get(name)?.size ?? 0) : 0;
    if (size !== this.zsetSize(name)) this.#setZsetSize(name, size);
    return size;
  }

  #setZsetSize(name: string, size: number): void {
    if (size === 0) this.zsetSizes.delete(name);
    else this.zsetSizes.set(name, size);
  }

  push(name: string, end: 'front' | 'back', item: string): number {
    const queue = this.queues.get(name) ?? new Queue();
    this.queues.set(name, queue);
    if (end === 'front') queue.pushFront(item);
    else queue.pushBack(item);
    const sequence = end === 'front' ? queue.front : queue.front + BigInt(queue.size) - 1n;
    this.#log(end === 'front' ? Operation.pushFront : Operation.pushBack, queueKey(name, sequence), item);
    return queue.size;
  }

  pop(name: string, end: 'front' | 'back'): string | undefined {
    const queue = this.queues.get(name);
    if (queue === undefined) return undefined;
    const item = end === 'front' ? queue.popFront() : queue.popBack();
    if (queue.size === 0) this.queues.delete(name);
    this.#log(end === 'front' ? Operation.popFront : Operation.popBack, name);
    return item;
  }

  /** False when there is no such item. */
  qset(name: string, index: number, item: string): boolean {
    const queue = this.queues.get(name);
    if (queue?.set(index, item) !== true) return false;
    const at = BigInt(index < 0 ? index + queue.size : index);
    this.#log(Operation.queueSet, queueKey(name, queue.front + at), item);
    return true;
  }

  clear(): void {
    for (const space of [this.kv, this.hashes, this.zsets, this.zsetSizes, this.queues]) space.clear();
  }

  /** Bytes of everything stored, roughly. */
  bytes(): number {
    let total = 0;
    for (const [key, value] of this.kv.entries()) total += key.length + value.length;
    for (const [name, hash] of this.hashes.entries()) {
      for (const [field, value] of hash.entries()) total += name.length + field.length + value.length;
    }
    for (const [name, zset] of this.zsets.entries()) total += zset.size * (name.length + 32);
    for (const [name, queue] of this.queues.entries()) {
      for (const item of queue.all()) total += name.length + item.length;
    }
    return total;
  }

  #log(operation: number, rawKey: string, value?: string): void {
    this.#sequence += 1n;
    for (const listener of this.#listeners) listener(operation, rawKey, value);
  }
}
