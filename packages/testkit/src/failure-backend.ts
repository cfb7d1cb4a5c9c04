/** What the failure suite needs of a backend: the same few calls on clients, pools and leases of all of them. */
import type { CallOptions, ClientState, ClientStats, CommonOptions } from '@kv/core';
import { expect, onTestFinished } from 'vitest';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';
import type { ProxiedConnection } from './proxied-connection.ts';
import type { RawAddress } from './raw-client.ts';

/** One command of each kind that a failure is different for. */
export interface Calls {
  /** Only reads: may be repeated. */
  read(key: string): Promise<string | null>;
  /** Repeated, it gives the same state. */
  write(key: string, value: string | Uint8Array): Promise<unknown>;
  /** Adds one: repeated, it would count twice. */
  count(key: string): Promise<number | bigint>;
}

/** A client that sends everything over one connection at a time. */
export interface FailureClient extends Calls {
  with(options: CallOptions): Calls;
  connect(): Promise<void>;
  close(options?: { readonly timeout?: number }): Promise<void>;
  drained(): Promise<void>;
  figures(): ClientStats;
  readonly state: ClientState;
  readonly writable: boolean;
}

/** Exclusive use of a connection of a pool. */
export interface FailureLease extends Calls, AsyncDisposable {
  readonly closed: boolean;
}

/** A pool of connections. */
export interface FailurePool extends Calls {
  acquire(options?: CallOptions): Promise<FailureLease>;
  close(options?: { readonly timeout?: number }): Promise<void>;
  readonly size: number;
  readonly freeSize: number;
}

/** Options that all facades have; the suite reads text. */
export type FailureOptions = Omit<CommonOptions, 'bytes'>;

/** Sizes of a pool. */
export interface PoolSizes {
  readonly minSize?: number;
  readonly maxSize?: number;
}

/** A server and how to reach it. */
export interface FailureBackend {
  readonly server: RawAddress;
  /** Length of a value that no socket takes at once, so that what is called after it is not sent. */
  readonly large: number;
  /** A client of what listens on `port` of 127.0.0.1, with one connection. */
  open(port: number, options: FailureOptions): FailureClient;
  openPool(port: number, options: FailureOptions & PoolSizes): Promise<FailurePool>;
  close(): Promise<void>;
}

/** What cases begin with. */
export interface Start {
  readonly backend: () => FailureBackend;
  /** A key that no one has used. */
  readonly key: () => string;
  /** Past all faults. */
  readonly direct: () => FailureClient;
}

/** A client behind a proxy of its own. */
export interface Proxied {
  readonly proxy: FaultProxy;
  readonly client: FailureClient;
}

/** Long enough that nothing ends by its deadline, and quick to connect again. */
export const patient: FailureOptions = { timeout: 30_000, backoff: { min: 1, max: 5 } };

/** A client that is not connected yet; closed when the test has ended. */
export async function proxied({ backend }: Start, options: FailureOptions = {}): Promise<Proxied> {
  const proxy = await faultProxy(backend().server);
  const client = backend().open(proxy.port, { ...patient, ...options });
  onTestFinished(async () => {
    await client.close({ timeout: 0 });
    await proxy.close();
  });
  return { proxy, client };
}

/** A client that is connected, and its connection. */
export async function connected(
  start: Start,
  options: FailureOptions = {},
): Promise<Proxied & { readonly line: ProxiedConnection }> {
  const { proxy, client } = await proxied(start, options);
  await client.connect();
  return { proxy, client, line: proxy.connections[0] as ProxiedConnection };
}

/** A client whose server is away, and that knows it. */
export async function cutOff(start: Start, options: FailureOptions = {}): Promise<Proxied> {
  const { proxy, client } = await connected(start, options);
  await proxy.refuse();
  proxy.cut();
  await until(() => client.state !== 'ready');
  return { proxy, client };
}

/** Fills a stalled line: what is called from now on waits in the client. */
export async function filled(start: Start, { proxy, client }: Proxied): Promise<{ readonly end: Promise<unknown> }> {
  const [line] = proxy.connections;
  const before = line?.fromClient ?? 0;
  proxy.stall();
  const end = failure(client.write(start.key(), 'x'.repeat(start.backend().large)));
  await until(() => (line?.fromClient ?? 0) > before);
  return { end };
}

/** The error of a call; a value is one too. */
export function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
}

/** Waits until something is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(isSo, { timeout: 20_000, interval: 2 }).toBe(true);
}
