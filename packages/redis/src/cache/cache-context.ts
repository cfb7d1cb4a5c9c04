import type { Arg, Client, Endpoint } from '@kv/core';
import type { CacheSettings } from '../client/cache-options.ts';
import type { Entries } from './entries.ts';

/** Counts of a cache; see `CacheStats`. */
export type CacheCounts = Record<
  'hits' | 'misses' | 'joined' | 'stored' | 'refused' | 'expired' | 'invalidated' | 'flushes',
  number
>;

/** What the parts of a cache share. */
export interface CacheContext {
  readonly client: Client;
  readonly settings: CacheSettings;
  readonly entries: Entries;
  readonly counts: CacheCounts;
  /** Whether CLIENT CACHING YES goes before each read that is to be kept. */
  readonly isPrefaced: boolean;
  /** The slot of a key; -1 where there are no slots. */
  slotOf(key: Arg): number;
  /** Whether keys of a slot are on this server. */
  owns(slot: number, endpoint: Endpoint): boolean;
}
