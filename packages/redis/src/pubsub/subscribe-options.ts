import { type OptionRules, Rule, readOptions } from '@kv/core';

/** What happens when the buffer of a subscription is full. */
export type Overflow =
  /** The oldest message is dropped, and the gap is reported. */
  | 'dropOldest'
  /** The server is held back, on a connection that no other subscription uses. */
  | 'pause'
  /** The subscription ends with an error. */
  | 'close';

/** How a subscription treats slow readers. */
export interface SubscribeOptions {
  /**
   * Messages that are kept for the reader.
   *
   * @default 1024
   */
  readonly buffer?: number | undefined;
  /**
   * What happens to messages beyond `buffer`.
   *
   * @default 'dropOldest'
   */
  readonly overflow?: Overflow | undefined;
  /**
   * Subscribes on every primary of a cluster, for what servers tell on themselves only, such as keyspace events. What
   * is
   * published comes once from each of them. On a single server it changes nothing.
   *
   * @default false
   */
  readonly everywhere?: boolean | undefined;
  /** `false`: it ends with an error when its connection is lost, instead of going on with a `gap`. @default true */
  readonly resubscribe?: boolean | undefined;
}

const RULES: OptionRules = {
  buffer: Rule.count,
  overflow: Rule.oneOf(['dropOldest', 'pause', 'close']),
  everywhere: Rule.boolean,
  resubscribe: Rule.boolean,
};

/** @throws ArgumentError */
export function checkSubscribeOptions(options: SubscribeOptions): Required<{
  readonly buffer: number;
  readonly overflow: Overflow;
  readonly resubscribe: boolean;
}> {
  const { buffer = 1024, overflow = 'dropOldest', resubscribe = true } = readOptions(RULES, options, new Map());
  return { buffer, overflow, resubscribe };
}
