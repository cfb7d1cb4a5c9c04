import { setTimeout as sleep } from 'node:timers/promises';
import type { CommonOptions } from '@kv/core';
import type { CalmClock } from '../src/calm-clock.ts';
import { type FaultProxy, faultProxy } from '../src/fault-proxy.ts';
import type { DirectionFaults, Faults } from '../src/faults.ts';
import type { Ending } from '../src/model-entry.ts';
import { type ModelSubscription, News } from '../src/model-news.ts';
import type { Operation, Reading } from '../src/model-plan.ts';
import type { ReaderEvents } from '../src/model-reader.ts';
import type { ModelDriver, ModelSession } from '../src/model-run.ts';
import type { RawAddress } from '../src/raw-client.ts';
import { SlowRequests } from '../src/slow-requests.ts';

/** What a driver must know of a backend: a client through the proxy, and the server's own data past it. */
export interface Backend {
  /**
   * Makes the call with keys that begin with the session's prefix; returns what a read or increment gave. `timeout`: in
   * place of the client's own.
   */
  call(operation: Operation, timeout?: number): Promise<string | number | bigint | null | undefined>;
  /** Subscribes to a channel, where the backend has such. */
  subscribe?(channel: number, name: string, reading: Reading, events: ReaderEvents): Promise<ModelSubscription>;
  close(): Promise<void>;
}

/** How to reach a backend. */
export interface Backends {
  /** The real server. */
  readonly target: RawAddress;
  /** A client of what listens on `port` of 127.0.0.1, of one of several kinds. */
  open(port: number, prefix: string, variant: number): Backend;
  /** Publishes past the faults. */
  publish?(channel: number, name: string, text: string): Promise<void>;
  /** Reads keys past the faults. */
  inspect(keys: readonly string[]): Promise<(string | null)[]>;
}

/** Times of clients under test. */
export type Impatience = Pick<CommonOptions, 'timeout' | 'connectTimeout' | 'backoff' | 'liveness'>;

/** Short enough that silence costs little. */
export const impatient: Impatience & { readonly timeout: number } = {
  timeout: 150,
  connectTimeout: 400,
  backoff: { min: 1, max: 20 },
  liveness: { idle: 1000, grace: 100 },
};

/** Times of clients that read past the faults: they say nothing about the clients under test, however busy the machine is. */
export const patient: Impatience = { timeout: 600_000, connectTimeout: 60_000 };

/** What happens to the open connections of a proxy by the names below. */
export const disturbances: readonly string[] = ['cut', 'end', 'half-open', 'stall', 'resume'];

/** What happens to the client: it is closed and another one made, also right after its connections were lost. */
export const closings: readonly string[] = ['close', 'cut, close', 'cut, close soon'];

/** How the proxy of a session differs from the usual one. */
export interface ProxyVariation {
  /** What all connections suffer from the server to the client; default nothing. */
  readonly toClient?: DirectionFaults;
  /** Requests that say so are slow, and meanwhile the server has no time for their connection, or for none. */
  readonly slow?: 'connection' | 'server';
}

/** Drives a client through a fault proxy of its own. */
export class ProxiedSession implements ModelSession {
  readonly #proxy: FaultProxy;
  readonly #backends: Backends;
  readonly #prefix: string;
  readonly #variant: number;
  readonly #news: News;
  readonly #closings: Promise<void>[] = [];
  #backend: Backend;

  constructor(proxy: FaultProxy, backends: Backends, prefix: string, variant: number) {
    this.#proxy = proxy;
    this.#backends = backends;
    this.#prefix = prefix;
    this.#variant = variant;
    this.#backend = backends.open(proxy.port, prefix, variant);
    this.#news = new News({
      publish: async (channel, text) => backends.publish?.(channel, this.#channel(channel), text),
      subscribe: (channel, reading, events) => this.#subscribe(channel, reading, events),
    });
  }

  get connections(): number {
    return this.#proxy.total;
  }

  get met(): Readonly<Record<string, number>> {
    return { ...this.#news.met, closed: this.#closings.length };
  }

  async run(operation: Operation, patience?: number): Promise<Ending> {
    try {
      return await this.#do(operation, patience);
    } catch (error) {
      const { outcome, code, message } = error as { outcome?: string; code?: string; message?: string };
      if (outcome === 'notSent' || outcome === 'refused' || outcome === 'unknown')
        return { how: outcome, code, message };
      throw error;
    }
  }

  async #do(operation: Operation, patience?: number): Promise<Ending> {
    if (operation.kind === 'publish') await this.#news.publish(operation.channel);
    else if (operation.kind === 'unsubscribe') await this.#news.unsubscribe(operation.channel);
    else if (operation.kind === 'subscribe') {
      const backend = this.#backend;
      await this.#news.subscribe(operation.channel, operation.reading, () => this.#backend !== backend);
    } else {
      const value = await this.#backend.call(operation, patience);
      return value === undefined ? { how: 'done' } : { how: 'done', value };
    }
    return { how: 'done' };
  }

  async disturb(what: string): Promise<void> {
    if (what.startsWith('cut')) this.#proxy.cut();
    else if (what === 'end') this.#proxy.cut('end');
    else if (what === 'half-open') this.#proxy.halfOpen();
    else if (what === 'stall') this.#proxy.stall();
    else if (what === 'resume') this.#proxy.resume();
    if (what.endsWith('soon')) await sleep(2);
    if (what.includes('close')) this.#reopen();
  }

  /** Closes the client, whatever it does, and goes on with another one. */
  #reopen(): void {
    const old = this.#backend;
    this.#backend = this.#backends.open(this.#proxy.port, this.#prefix, this.#variant);
    this.#closings.push(old.close());
  }

  #channel(channel: number): string {
    return `${this.#prefix}channel${channel}`;
  }

  #subscribe(channel: number, reading: Reading, events: ReaderEvents): Promise<ModelSubscription> {
    const { subscribe } = this.#backend;
    if (subscribe === undefined) throw new Error('this backend has no channels');
    return subscribe.call(this.#backend, channel, this.#channel(channel), reading, events);
  }

  async findings(calm: CalmClock, limit: number): Promise<string[]> {
    const closed = await calm.settles(Promise.all(this.#closings), limit);
    return [...(closed ? [] : ['close() did not settle']), ...(await this.#news.findings(calm, limit))];
  }

  heal(): void {
    this.#proxy.faults = {};
    this.#proxy.cut();
  }

  async inspect(keys: readonly string[]): Promise<(string | null)[]> {
    const stored: (string | null)[] = [];
    for (let i = 0; i < keys.length; i += 1000) {
      stored.push(...(await this.#backends.inspect(keys.slice(i, i + 1000).map((key) => this.#prefix + key))));
    }
    return stored;
  }

  close(): Promise<void> {
    return this.#backend.close();
  }

  dispose(): Promise<void> {
    return this.#proxy.close();
  }
}

let sessions = 0;

/** A driver for {@link checkModel}: each session has its own proxy, client and prefix. */
export function proxiedDriver(backends: Backends, vary: (variant: number) => ProxyVariation = () => ({})): ModelDriver {
  return {
    timeout: impatient.timeout,
    open: async (connections: readonly Faults[], variant: number) => {
      const { toClient, slow } = vary(variant);
      const faults = (_random: unknown, index: number): Faults => withMore(connections[index] ?? {}, toClient);
      const options = slow === undefined ? { faults } : { faults, slow: new SlowRequests(slow) };
      const proxy = await faultProxy(backends.target, options);
      return new ProxiedSession(proxy, backends, `m${sessions++}:`, variant);
    },
  };
}

function withMore(faults: Faults, toClient: DirectionFaults | undefined): Faults {
  return toClient === undefined ? faults : { ...faults, toClient: { ...faults.toClient, ...toClient } };
}
