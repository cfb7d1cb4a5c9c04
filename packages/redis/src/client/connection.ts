import {
  type AddressInput,
  type Adds,
  type CallOptions,
  type ConnectionMembers,
  connectionMembers,
  type Engine,
  type KvConnection,
  type Lease,
  openSingle,
  setHidden,
} from '@kv/core';
import { askingLess } from '../protocol/handshake.ts';
import { mergeRawOptions, type RawCallOptions } from './call-options.ts';
import { type RedisOptions, readConnectionOptions } from './options.ts';
import { callOf, clientSetup } from './redis-setup.ts';
import { RedisSession } from './session.ts';

const Base: typeof RedisSession & Adds<ConnectionMembers> = /* @__PURE__ */ connectionMembers(RedisSession);

/** One raw connection: it is not replaced when it is lost. All commands, and those that change its state. */
export class RedisConnection<V = string> extends Base<V> implements KvConnection<V> {
  declare protected readonly client: Engine;
  declare protected readonly lease: Lease;

  /** Made by {@link createConnection}. */
  constructor(client: Engine, lease: Lease, call: CallOptions) {
    super(lease, call);
    setHidden(this, 'client', client);
    setHidden(this, 'lease', lease);
  }

  override with(options: RawCallOptions & { readonly bytes: true }): RedisConnection<Uint8Array>;
  override with(options: RawCallOptions & { readonly bytes: false }): RedisConnection<string>;
  override with(options: RawCallOptions): RedisConnection<V>;
  override with(options: RawCallOptions): RedisConnection<string> | RedisConnection<Uint8Array> | RedisConnection<V> {
    return new RedisConnection<V>(this.client, this.lease, mergeRawOptions(this.call, options));
  }

  override release(): Promise<void> {
    return this.close();
  }
}

/**
 * One raw connection. Resolves when it is ready.
 *
 * @throws ConnectionError with the cause, ReplyError when the server refuses the login
 * @example
 * await using connection = await createConnection('redis://localhost')
 * await connection.execute('GET', 'my-key')
 */
export async function createConnection(
  address: AddressInput | undefined,
  options: RedisOptions & { readonly bytes: true },
): Promise<RedisConnection<Uint8Array>>;
export async function createConnection(
  address?: AddressInput,
  options?: RedisOptions & { readonly bytes?: false | undefined },
): Promise<RedisConnection>;
export async function createConnection(
  address: AddressInput | undefined,
  options: RedisOptions,
): Promise<RedisConnection<string | Uint8Array>>;
// Once more: the last one is what `ReturnType<typeof createConnection>` means.
export async function createConnection(
  address?: AddressInput,
  options?: RedisOptions & { readonly bytes?: false | undefined },
): Promise<RedisConnection>;
export async function createConnection(address?: AddressInput, options: RedisOptions = {}): Promise<unknown> {
  const read = readConnectionOptions(address, options);
  const { client, lease } = await askingLess(read.login, () => openSingle(clientSetup(read)));
  return new RedisConnection<string>(client, lease, callOf(read));
}
