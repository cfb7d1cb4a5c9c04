import type { KvError } from '@kv/core';

/** What a client keeps, and what became of reads that asked for it. Counts since the client was made. */
export interface CacheStats {
  /** Reads that were answered with what is kept. Each key of MGET counts for itself, here and below. */
  readonly hits: number;
  /** Reads that were sent, to be kept. */
  readonly misses: number;
  /** Reads that waited for the reply to a read of another caller. */
  readonly joined: number;
  /** Replies that were kept. */
  readonly stored: number;
  /** Replies that were not kept: too large, or changed while they were on their way. */
  readonly refused: number;
  /** Dropped because of their age. */
  readonly expired: number;
  /** Dropped because there was no room. */
  readonly evicted: number;
  /** Dropped because the key was, or may have been, changed. */
  readonly invalidated: number;
  /** How often all that is kept, or all of one server, was dropped. */
  readonly flushes: number;
  /** Replies that are kept now. */
  readonly entries: number;
  /** About how many bytes of memory they take. */
  readonly bytes: number;
  /** `off`: no server tells of changes, and nothing is kept. */
  readonly state: 'on' | 'off';
  /** Why it is `off`. */
  readonly cause?: KvError | undefined;
}
