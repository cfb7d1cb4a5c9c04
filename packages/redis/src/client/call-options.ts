import {
  CALL_RULES,
  type CallOptions,
  type Data,
  mergeCallOptions,
  type OptionRule,
  type OptionRules,
  Rule,
  readOptions,
} from '@kv/core';
import { type ReadFrom, readFromRule, routeOf } from '../topology/read-from.ts';
import type { CachedCallOptions } from './cache-options.ts';
import { type CacheCallOptions, cacheCallRule } from './cache-options.ts';

/** What can be said per call of whatever speaks to a server. */
export interface RawCallOptions extends CallOptions {
  /**
   * What `execute()` gives: `resp2` for the shapes of RESP2 whichever protocol is spoken (doubles as text, maps and sets as
   * flat lists, booleans as 1 and 0), `native` for what is on the wire.
   *
   * @default 'native'
   */
  readonly replies?: 'native' | 'resp2' | undefined;
}

/** What can be said per call of a client; `with()` makes a view that says it for all its calls. */
export interface RedisCallOptions extends RawCallOptions {
  /** Which servers of a cluster, or of those that sentinels name, answer reads. Default: as the client was made, and else `primary`. */
  readonly readFrom?: ReadFrom | undefined;
  /**
   * Whether calls go on the connection for bulk, where the client was made with `bulkAbove`: for those whose replies are
   * large. Default: only those whose arguments are.
   */
  readonly bulk?: boolean | undefined;
  /** How what is kept is used, where the client was made with `cache`; `false`: not at all. Default: not at all. */
  readonly cache?: CacheCallOptions | false | undefined;
}

/** What a session can be told. */
export interface SessionOptions extends RedisCallOptions {
  /** In a cluster: the key whose server it is connected to. */
  readonly key?: Data | undefined;
}

const NONE: ReadonlyMap<string, string> = new Map();
const repliesRule: OptionRule = Rule.oneOf(['native', 'resp2']);
const RAW_RULES: OptionRules = { ...CALL_RULES, replies: repliesRule };
const RULES: OptionRules = { ...RAW_RULES, readFrom: readFromRule, bulk: Rule.boolean, cache: cacheCallRule };
const SESSION_RULES: OptionRules = { ...RULES, key: Rule.data };

/** The options of a view of one connection or of a pool, made from another view. @throws ArgumentError */
export function mergeRawOptions(base: RawCallOptions, more: RawCallOptions): RawCallOptions {
  const { replies = base.replies, ...rest } = readOptions(RAW_RULES, more, NONE);
  const call = mergeCallOptions(base, rest);
  return replies === undefined ? call : { ...call, replies };
}

/** The options of a view made from another view. @throws ArgumentError */
export function mergeRedisOptions(base: CallOptions, more: RedisCallOptions): CachedCallOptions {
  const {
    readFrom,
    bulk = base.bulk,
    cache = (base as CachedCallOptions).cache,
    ...rest
  } = readOptions(RULES, more, NONE);
  let call: CachedCallOptions = mergeRawOptions(base, rest);
  if (bulk) call = { ...call, bulk };
  if (readFrom !== undefined) call = { ...call, route: routeOf(readFrom) };
  return cache ? { ...call, cache } : call;
}

/** What a session was told, read. @throws ArgumentError */
export function readSessionOptions(
  base: CallOptions,
  options: SessionOptions,
): { readonly call: CallOptions; readonly key: Data | undefined } {
  const { key, ...more } = readOptions(SESSION_RULES, options, NONE);
  return { call: mergeRedisOptions(base, more), key };
}
