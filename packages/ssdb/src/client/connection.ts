import {
  type AddressInput,
  type Adds,
  type CallOptions,
  type ConnectionMembers,
  connectionMembers,
  type Engine,
  type KvConnection,
  type Lease,
  mergeCallOptions,
  openSingle,
  setHidden,
} from '@kv/core';
import { SsdbLease } from './lease.ts';
import { readConnectionOptions, type SsdbOptions } from './options.ts';
import { callOf, clientSetup } from './ssdb.ts';

const Base: typeof SsdbLease & Adds<ConnectionMembers> = /* @__PURE__ */ connectionMembers(SsdbLease);

/** One raw connection: it is not replaced when it is lost. All commands, and those that change the connection. */
export class SsdbConnection<V = string> extends Base<V> implements KvConnection<V> {
  declare protected readonly client: Engine;
  declare protected readonly lease: Lease;

  /** Made by {@link createConnection}. */
  constructor(client: Engine, lease: Lease, call: CallOptions) {
    super(lease, call);
    setHidden(this, 'client', client);
    setHidden(this, 'lease', lease);
  }

  override with(options: CallOptions & { readonly bytes: true }): SsdbConnection<Uint8Array>;
  override with(options: CallOptions & { readonly bytes: false }): SsdbConnection<string>;
  override with(options: CallOptions): SsdbConnection<V>;
  override with(options: CallOptions): SsdbConnection<string> | SsdbConnection<Uint8Array> | SsdbConnection<V> {
    return new SsdbConnection<V>(this.client, this.lease, mergeCallOptions(this.call, options));
  }

  override release(): Promise<void> {
    return this.close();
  }
}

/**
 * One raw connection. Resolves when it is ready.
 *
 * @throws ConnectionError with the cause, ReplyError when the server refuses the password
 * @example
 * await using connection = await createConnection('ssdb://localhost')
 * await connection.execute('get', 'my-key')
 */
export async function createConnection(
  address: AddressInput | undefined,
  options: SsdbOptions & { readonly bytes: true },
): Promise<SsdbConnection<Uint8Array>>;
export async function createConnection(
  address?: AddressInput,
  options?: SsdbOptions & { readonly bytes?: false | undefined },
): Promise<SsdbConnection>;
export async function createConnection(
  address: AddressInput | undefined,
  options: SsdbOptions,
): Promise<SsdbConnection<string | Uint8Array>>;
// Once more: the last one is what `ReturnType<typeof createConnection>` means.
export async function createConnection(
  address?: AddressInput,
  options?: SsdbOptions & { readonly bytes?: false | undefined },
): Promise<SsdbConnection>;
export async function createConnection(address?: AddressInput, options: SsdbOptions = {}): Promise<unknown> {
  const read = readConnectionOptions(address, options);
  const { client, lease } = await openSingle(clientSetup(read));
  return new SsdbConnection<string>(client, lease, callOf(read));
}
