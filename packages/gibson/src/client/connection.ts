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
import { callOf, clientSetup, limitsOf } from './gibson.ts';
import { type GibsonOptions, readConnectionOptions } from './options.ts';
import { TypedExecutor } from './typed-executor.ts';

/** One raw connection: commands run one after the other, and it is not replaced when it is lost. */
export class GibsonConnection<V = string> extends TypedExecutor<V> implements KvConnection<V> {
  declare protected readonly client: Engine;
  declare protected readonly lease: Lease;

  /** Made by {@link createConnection}. */
  constructor(client: Engine, lease: Lease, call: CallOptions) {
    super(lease, call, limitsOf(client));
    setHidden(this, 'client', client);
    setHidden(this, 'lease', lease);
  }

  /** Where it is connected to. */
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

  /** Closed by `close()` or `end()`, or lost. */
  get closed(): boolean {
    return isConnectionClosed({ client: this.client, lease: this.lease });
  }

  /** A view of the same connection with other call options. */
  with(options: CallOptions & { readonly bytes: true }): GibsonConnection<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): GibsonConnection<string>;
  with(options: CallOptions): GibsonConnection<V>;
  with(options: CallOptions): GibsonConnection<string> | GibsonConnection<Uint8Array> | GibsonConnection<V> {
    return new GibsonConnection<V>(this.client, this.lease, mergeCallOptions(this.call, options));
  }

  /** Lets commands under way end for `timeout` ms, then ends the connection. Always resolves. */
  override close(options?: CloseOptions): Promise<void> {
    return this.client.close(options);
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
