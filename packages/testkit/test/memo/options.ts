import {
  type AddressInput,
  BOUND_RULES,
  type CallOptions,
  type ClientSetup,
  COMMON_RULES,
  type CommonOptions,
  checkBounds,
  commonSetup,
  mergeCallOptions,
  type OptionRules,
  type Origin,
  type PoolBounds,
  parseAddress,
  type ReadAddress,
  Rule,
  readOptions,
  withTls,
} from '@kv/core';
import { MemoProtocol } from './protocol.ts';

/** What a client, a pool or a connection can be told. */
export interface MemoOptions extends CommonOptions, PoolBounds {
  /** Said on every connection; also that of a URL. */
  readonly password?: string | undefined;
  /** Put before every key, and taken off where keys come back. */
  readonly keyPrefix?: string | undefined;
}

const RULES: OptionRules = { ...COMMON_RULES, password: Rule.word, keyPrefix: Rule.text };
const CLIENT_RULES: OptionRules = { ...RULES, client: Rule.subclass('Memo') };
const POOL_RULES: OptionRules = { ...RULES, ...BOUND_RULES };

/** Address and options, checked. */
export interface ReadMemo extends ReadAddress {
  readonly options: MemoOptions & { readonly client?: unknown };
}

/** What a client or pool was made from. */
export type MemoOrigin = Origin<AddressInput, MemoOptions, ReadMemo>;

function read(rules: OptionRules, input: AddressInput, given: MemoOptions): ReadMemo {
  const parsed = parseAddress(input, { scheme: 'memo', defaultPort: 6633 });
  const options = readOptions(rules, given, parsed.query);
  checkBounds(options);
  return { parsed, address: withTls(parsed.address, options.tls), options };
}

/** What each kind of object reads. @throws ArgumentError */
export const readers = {
  client: (address: AddressInput, options: MemoOptions): ReadMemo => read(CLIENT_RULES, address, options),
  pool: (address: AddressInput, options: MemoOptions): ReadMemo => read(POOL_RULES, address, options),
  connection: (address: AddressInput, options: MemoOptions): ReadMemo => read(RULES, address, options),
};

/** What is the same for clients, pools and connections. */
export function setupOf({ parsed, address, options }: ReadMemo): Omit<ClientSetup, 'pools'> {
  const protocol = new MemoProtocol(options.password ?? parsed.password);
  return { ...commonSetup(options, 'memo'), protocol, address, addressText: parsed.text };
}

/** The call options that come from creation options. */
export function callOf({ options: { bytes = false, keyPrefix = '' } }: ReadMemo): CallOptions {
  return mergeCallOptions({}, { bytes, keyPrefix });
}
