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
import { callOf, clientSetup, limitsOf } from './gibson.ts';
import { type GibsonOptions, readConnectionOptions } from './options.ts';
import { TypedExecutor } from './typed-executor.ts';

const Base: typeof TypedExecutor & Adds<ConnectionMembers> = /* @__PURE__ */ connectionMembers(TypedExecutor);

/** One raw connection: commands run one after the other, and it is not replaced when it is lost. */
export class GibsonConnection<V = string> extends Base<V> implements KvConnection<V> {
  declare protected readonly client: Engine;
  declare protected readonly lease: Lease;

  /** Made by {@link createConnection}. */
  constructor(client: Engine, lease: Lease, call: CallOptions) {
    super(lease, call, limitsOf(client));
    setHidden(this, 'client', client);
    setHidden(this, 'lease', lease);
  }

  /** A view of the same connection with other call options. */
  with(options: CallOptions & { readonly bytes: true }): GibsonConnection<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): GibsonConnection<string>;
  with(options: CallOptions): GibsonConnection<V>;
  with(options: CallOptions): GibsonConnection<string> | GibsonConnection<Uint8Array> | GibsonConnection<V> {
    return new GibsonConnection<V>(this.client, this.lease, mergeCallOptions(this.call, options));
  }
}

/**
 * One raw connection. Resolves when it is ready.
 *
 * @throws ConnectionError with the cause when it cannot be made
 * @example
 * await using connection = await createConnection('gibson://localhost')
 * await connection.execute('GET', 'my-key')
 */
export async function createConnection(
  address: AddressInput | undefined,
  options: GibsonOptions & { readonly bytes: true },
): Promise<GibsonConnection<Uint8Array>>;
export async function createConnection(
  address?: AddressInput,
  options?: GibsonOptions & { readonly bytes?: false | undefined },
): Promise<GibsonConnection>;
export async function createConnection(
  address: AddressInput | undefined,
  options: GibsonOptions,
): Promise<GibsonConnection<string | Uint8Array>>;
// Once more: the last one is what `ReturnType<typeof createConnection>` means.
export async function createConnection(
  address?: AddressInput,
  options?: GibsonOptions & { readonly bytes?: false | undefined },
): Promise<GibsonConnection>;
export async function createConnection(address?: AddressInput, options: GibsonOptions = {}): Promise<unknown> {
  const read = readConnectionOptions(address, options);
  const { client, lease } = await openSingle(clientSetup(read));
  return new GibsonConnection<string>(client, lease, callOf(read));
}
