import type { Clock } from '../clock.ts';
import { compressedSize } from './compression.ts';
import type { GibsonLimits } from './limits.ts';
import { Trie, type TrieEntry } from './trie.ts';

/** Something stored under a key. Times are seconds since 1970. */
export interface Item {
  /** Text, one character per byte, or a number that INC or DEC made. */
  value: string | bigint;
  /** Bytes in the store; smaller than the text when it is kept compressed. */
  size: number;
  compressed: boolean;
  /** Start of its life; TTL and LOCK restart it. */
  created: number;
  access: number;
  /** Seconds after `created`, in 16 bits with sign; zero or less: no expiry. */
  ttl: number;
  /** Seconds after `created`; 0: free, -1: until unlocked. */
  lock: number;
}

const NUMBER_BYTES = 8;
const ITEM_BYTES = 39;
const EMPTY_SERVER_BYTES = 5384;
const NODE_BYTES = 1;
const LOCKED_FOR_EVER = -1;

/** The items of one server. */
export class Store {
  readonly items: Trie<Item> = new Trie<Item>();
  readonly #limits: GibsonLimits;
  readonly #clock: Clock;
  #bytes = 0;
  #peak = EMPTY_SERVER_BYTES;
  #sweptAt: number;
  firstSeen = 0;
  lastSeen = 0;

  constructor(limits: GibsonLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#sweptAt = clock.seconds();
  }

  /** Bytes in use, as the memory limit counts them. */
  get memoryUsed(): number {
    return EMPTY_SERVER_BYTES + this.#bytes + ITEM_BYTES * this.items.size + NODE_BYTES * this.items.nodes;
  }

  get memoryPeak(): number {
    return this.#peak;
  }

  /** The item of a key, dead or alive. */
  raw(key: string): Item | undefined {
    return this.items.get(key);
  }

  /** The living item of a key; a dead one is collected. */
  live(key: string): Item | undefined {
    const item = this.items.get(key);
    if (item === undefined || !this.expired(item)) return item;
    this.delete(key);
    return undefined;
  }

  /** Stores a new item: no lock, life starting now. */
  put(key: string, value: string | bigint, ttl: number): Item {
    this.delete(key);
    const now = this.#clock.seconds();
    const item: Item = { ...this.#sized(value), created: now, access: now, ttl, lock: 0 };
    this.items.set(key, item);
    this.#bytes += item.size;
    this.#peak = Math.max(this.#peak, this.memoryUsed);
    if (this.firstSeen === 0) this.firstSeen = now;
    this.lastSeen = now;
    return item;
  }

  /** Changes the value only. */
  change(item: Item, value: bigint): void {
    this.#bytes += NUMBER_BYTES - item.size;
    item.value = value;
    item.size = NUMBER_BYTES;
  }

  delete(key: string): void {
    const item = this.items.get(key);
    if (item === undefined) return;
    this.#bytes -= item.size;
    this.items.delete(key);
  }

  /** Living items whose keys start with the prefix; dead ones are collected. */
  search(prefix: string): TrieEntry<Item>[] {
    return this.items.search(prefix).filter(({ key, value }) => {
      if (!this.expired(value)) return true;
      this.delete(key);
      return false;
    });
  }

  expired(item: Item): boolean {
    return item.ttl > 0 && this.#clock.seconds() - item.created >= item.ttl;
  }

  locked(item: Item): boolean {
    if (item.lock === LOCKED_FOR_EVER) return true;
    return item.lock > 0 && this.#clock.seconds() - item.created < item.lock;
  }

  /** Collects dead items when the time for it has come. */
  sweep(): void {
    if (this.#clock.seconds() - this.#sweptAt < this.#limits.expiredCron) return;
    this.#sweptAt = this.#clock.seconds();
    this.search('');
  }

  #sized(value: string | bigint): Pick<Item, 'value' | 'size' | 'compressed'> {
    if (typeof value === 'bigint') return { value, size: NUMBER_BYTES, compressed: false };
    const size = value.length > this.#limits.compression ? compressedSize(value) : 0;
    return { value, size: size === 0 ? value.length : size, compressed: size > 0 };
  }
}
