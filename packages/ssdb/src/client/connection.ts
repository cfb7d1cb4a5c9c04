import {
  type AddressInput,
  type CallOptions,
  type ClientEvents,
  type ClientState,
  type CloseOptions,
  type Engine,
  isConnectionClosed,
  type KvConnection,
  type Lease,
  mergeCallOptions,
  openSingle,
  setHidden,
} from '@kv/core';
import { SsdbLease } from './lease.ts';
import { readConnectionOptions, type SsdbOptions } from './options.ts';
import { callOf, clientSetup } from './ssdb.ts';

/** One raw connection: it is not replaced when it is lost. All commands, and those that change the connection. */
export class SsdbConnection<V = string> extends SsdbLease<V> implements KvConnection<V> {
  declare protected readonly client: Engine;
  declare protected readonly lease: Lease;

  /** Made by {@link createConnection}. */
  constructor(client: Engine, lease: Lease, call: CallOptions) {
    super(lease, call);
    setHidden(this, 'client', client);
    setHidden(this, 'lease', lease);
  }

  /** Where it is connected to, without the password. */
  get address(): string {
    return this.client.setup.addressText;
  }

  /** Where it is in its life: `closed` when it is over, also when it was lost. */
  get state(): ClientState {
    return this.client.state;
  }

  /**
   * Adds a listener: `state`, or `connection` which tells why it was `lost`.
   *
   * @throws ArgumentError for an unknown event
   */
  on<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): this {
    this.client.on(event, listener);
    return this;
  }

  /** Removes a listener that {@link on} added. */
  off<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): this {
    this.client.off(event, listener);
    return this;
  }

  /** Closed by `close()`, or lost. */
  override get closed(): boolean {
    return isConnectionClosed({ client: this.client, lease: this.lease });
  }

  override with(options: CallOptions & { readonly bytes: true }): SsdbConnection<Uint8Array>;
  override with(options: CallOptions & { readonly bytes: false }): SsdbConnection<string>;
  override with(options: CallOptions): SsdbConnection<V>;
  override with(options: CallOptions): SsdbConnection<string> | SsdbConnection<Uint8Array> | SsdbConnection<V> {
    return new SsdbConnection<V>(this.client, this.lease, mergeCallOptions(this.call, options));
  }

  /** Lets commands under way end for `timeout` ms, then ends the connection. Always resolves. */
  override close(options?: CloseOptions): Promise<void> {
    return this.client.close(options);
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
