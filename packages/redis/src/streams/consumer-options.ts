import { ArgumentError, type OptionRules, Rule, readOptions } from '@kv/core';

/** What a consumer of a stream reads, and how it treats failures. */
export interface ConsumerOptions {
  /** Key of the stream; it and the group are made when they are missing. */
  readonly stream: string;
  readonly group: string;
  /** Name of this consumer; each process should have its own, and keep it over restarts. */
  readonly name: string;
  /**
   * Entries that are handled at the same time.
   *
   * @default 1
   */
  readonly concurrency?: number | undefined;
  /**
   * Without an acknowledgement for so long an entry is given to a consumer again: whole ms, 1 or more.
   *
   * @default 60,000
   */
  readonly retryAfter?: number | undefined;
  /**
   * Deliveries after which an entry is a dead letter.
   *
   * @default 5
   */
  readonly maxDeliveries?: number | undefined;
  /**
   * Stream that dead letters are moved to. In a cluster it has to be in the slot of the stream.
   *
   * @default the key of the stream followed by `:dead`; in a cluster `{key}:dead` when the key has no hash tag
   */
  readonly deadLetters?: string | undefined;
  /**
   * Where a new group begins: `0` = with the first entry there is, `$` = with what comes from now on.
   *
   * @default '0'
   */
  readonly from?: '0' | '$' | undefined;
  /**
   * How long one read waits for entries, ms.
   *
   * @default 5,000
   */
  readonly block?: number | undefined;
}

const RULES: OptionRules = {
  stream: Rule.text,
  group: Rule.text,
  name: Rule.text,
  concurrency: Rule.count,
  retryAfter: Rule.count,
  maxDeliveries: Rule.count,
  deadLetters: Rule.text,
  from: Rule.oneOf(['0', '$']),
  block: Rule.count,
};

/** The options with their defaults. */
export type ConsumerSettings = { readonly [K in keyof ConsumerOptions]-?: NonNullable<ConsumerOptions[K]> };

/** After `readOptions`, which leaves out what is undefined. */
type Given = Pick<ConsumerSettings, 'stream' | 'group' | 'name'> & {
  readonly [K in keyof ConsumerSettings]?: ConsumerSettings[K];
};

/** @throws ArgumentError for a wrong or missing option */
export function readConsumerOptions(options: ConsumerOptions): ConsumerSettings {
  const checked = readOptions(RULES, options, new Map());
  for (const name of ['stream', 'group', 'name'] as const) {
    if (!checked[name]) throw new ArgumentError(`${name}: must not be empty`);
  }
  return {
    concurrency: 1,
    retryAfter: 60_000,
    maxDeliveries: 5,
    deadLetters: `${checked.stream}:dead`,
    from: '0',
    block: 5000,
    ...(checked as Given),
  };
}
