import {
  type AddressInput,
  type Adds,
  type CallOptions,
  Client,
  type ClientMembers,
  type ClientStats,
  type ConnectionMembers,
  clientMembers,
  connectionMembers,
  duplicateCall,
  duplicateOrigin,
  type Engine,
  type KvClient,
  type KvConnection,
  type KvLease,
  type KvPool,
  keepOrigin,
  type Lease,
  type LeaseMembers,
  leaseMembers,
  mergeCallOptions,
  openPool,
  openSingle,
  type PoolMembers,
  poolMembers,
  setHidden,
} from '@kv/core';
import { MemoExecutor } from './executor.ts';
import { callOf, type MemoOptions, type MemoOrigin, readers, setupOf } from './options.ts';

const ClientBase: typeof MemoExecutor & Adds<ClientMembers> = clientMembers(MemoExecutor);
const PoolBase: typeof MemoExecutor & Adds<PoolMembers> = poolMembers(MemoExecutor);
const LeaseBase: typeof MemoExecutor & Adds<LeaseMembers> = leaseMembers(MemoExecutor);
const ConnectionBase: typeof MemoExecutor & Adds<ConnectionMembers> = connectionMembers(MemoExecutor);

/** A client that the whole process can share. */
export class Memo<V = string> extends ClientBase<V, Engine> implements KvClient<V> {
  stats(): ClientStats {
    return this.executor.stats();
  }

  duplicate(options: MemoOptions = {}): this {
    const engine = engineOf(duplicateOrigin(this.executor, options, readers.client));
    return new (this.constructor as MemoClass<this>)(engine, duplicateCall(this.call, options));
  }

  with(options: CallOptions & { readonly bytes: true }): Memo<Uint8Array>;
  with(options: CallOptions & { readonly bytes: false }): Memo<string>;
  with(options: CallOptions): this;
  with(options: CallOptions): unknown {
    return new (this.constructor as MemoClass<unknown>)(this.executor, mergeCallOptions(this.call, options));
  }
}

type MemoClass<M> = new (client: Engine, call: CallOptions) => M;

/** A client. The first command connects. @throws ArgumentError */
export function createMemo(address: AddressInput, options?: MemoOptions & { readonly bytes?: false }): Memo;
export function createMemo(address: AddressInput, options: MemoOptions & { readonly bytes: true }): Memo<Uint8Array>;
export function createMemo(address: AddressInput, options: MemoOptions = {}): Memo | Memo<Uint8Array> {
  const read = readers.client(address, options);
  const Type = (read.options.client ?? Memo) as MemoClass<Memo>;
  return new Type(engineOf({ address, options, read }), callOf(read));
}

function engineOf(origin: MemoOrigin): Engine {
  const few = { minSize: 0, maxSize: 4 };
  const pools = { shared: { minSize: 1, maxSize: 1 }, sessions: few, blocking: few, streams: few };
  return keepOrigin(new Client({ ...setupOf(origin.read), pools }), origin);
}

/** Connections of bounded number. */
export class MemoPool<V = string> extends PoolBase<V, Engine> implements KvPool<V, MemoLease<V>> {
  async acquire(options: CallOptions = {}): Promise<MemoLease<V>> {
    const call = mergeCallOptions(this.call, options);
    return new MemoLease<V>(await this.executor.acquire(call), call);
  }

  release(lease: MemoLease<V>): void {
    void lease.release();
  }

  async duplicate(options: MemoOptions = {}): Promise<MemoPool<V>> {
    const origin: MemoOrigin = duplicateOrigin(this.executor, options, readers.pool);
    return new MemoPool<V>(await poolOf(origin), duplicateCall(this.call, options));
  }

  with(options: CallOptions): MemoPool<V> {
    return new MemoPool<V>(this.executor, mergeCallOptions(this.call, options));
  }
}

/** A pool. Resolves when `minSize` connections are ready. @throws ArgumentError, ConnectionError */
export async function createPool(address: AddressInput, options: MemoOptions = {}): Promise<MemoPool> {
  const read = readers.pool(address, options);
  return new MemoPool(await poolOf({ address, options, read }), callOf(read));
}

async function poolOf(origin: MemoOrigin): Promise<Engine> {
  return keepOrigin(await openPool(setupOf(origin.read), origin.read.options), origin);
}

/** Exclusive use of one connection of a pool. */
export class MemoLease<V = string> extends LeaseBase<V, Lease> implements KvLease<V> {
  with(options: CallOptions): MemoLease<V> {
    return new MemoLease<V>(this.executor, mergeCallOptions(this.call, options));
  }
}

/** One connection, which is not replaced when it is lost. */
export class MemoConnection<V = string> extends ConnectionBase<V, Lease> implements KvConnection<V> {
  declare protected readonly client: Engine;

  constructor(client: Engine, lease: Lease, call: CallOptions) {
    super(lease, call);
    setHidden(this, 'client', client);
  }

  with(options: CallOptions): MemoConnection<V> {
    return new MemoConnection<V>(this.client, this.executor, mergeCallOptions(this.call, options));
  }
}

/** One connection. Resolves when it is ready. @throws ArgumentError, ConnectionError */
export async function createConnection(address: AddressInput, options: MemoOptions = {}): Promise<MemoConnection> {
  const read = readers.connection(address, options);
  const { client, lease } = await openSingle(setupOf(read));
  return new MemoConnection(client, lease, callOf(read));
}
