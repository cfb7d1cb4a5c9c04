/** What clients, pools, leases and connections of all backends promise alike. */
import type { ClientStats, Command, KvClient, KvConnection, KvExecutor, KvLease, KvPool } from '@kv/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** One backend, on a server that the suite may use for itself. */
export interface FacadeBackend {
  /** A client; `options` are those of its creating function, `client` among them. */
  readonly client: (options?: object) => KvClient<string>;
  readonly pool: (options?: object) => Promise<KvPool<string, KvLease<string>>>;
  readonly connection: (options?: object) => Promise<KvConnection<string>>;
  /** The class of {@link client}. */
  readonly Client: abstract new (
    ...args: never[]
  ) => KvClient<string>;
  /** Its statistics; on Gibson they have another name, because `stats()` is a command of the server. */
  readonly stats: (client: KvClient<string>) => ClientStats;
  /** A command that every server of the backend answers. */
  readonly ping: () => Command<unknown, string>;
  /** A client of a private server, with a command that stores something and one that reads it. */
  readonly embedded: () => {
    readonly client: KvClient<string>;
    readonly store: Command<unknown, string>;
    readonly fetch: Command<unknown, string>;
  };
  readonly close: () => Promise<void>;
}

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'done',
    (error: { readonly code?: string }) => error.code,
  );

/** Runs the suite on the backend that `begin` gives. */
export function facadeSuite(begin: () => Promise<FacadeBackend>): void {
  let backend: FacadeBackend;
  beforeAll(async () => {
    backend = await begin();
  });
  afterAll(() => backend.close());

  describe('a client', () => {
    test('is told of states in order and is closed by await using', async () => {
      const states: string[] = [];
      {
        await using client = backend.client();
        expect(client.state).toBe('idle');
        expect(client.on('state', ({ to }) => states.push(to))).toBe(client);
        await client.connect();
        expect(client.writable).toBe(true);
        await client.drained();
        await client.send(backend.ping());
      }
      expect(states).toEqual(['connecting', 'ready', 'closing', 'closed']);
    });

    test('of a class of users is of that class, and so are its views', async () => {
      class Mine extends (backend.Client as new (...args: never[]) => KvClient<string>) {}
      await using client = backend.client({ client: Mine });
      expect(client).toBeInstanceOf(Mine);
      expect(client.with({ timeout: 100 })).toBeInstanceOf(Mine);
    });

    test('has duplicates of its class, with its address, options and call options but for those given', async () => {
      class Mine extends (backend.Client as new (...args: never[]) => KvClient<string>) {}
      await using client = backend.client({ client: Mine, keyPrefix: 'p:', timeout: 60_000 });
      await using twin = client.with({ bytes: true }).duplicate();
      await using other = twin.duplicate({ keyPrefix: '', timeout: undefined });
      for (const copy of [twin, other]) expect(copy).toBeInstanceOf(Mine);
      expect([twin.address, twin.bytes, twin.keyPrefix, twin.state]).toEqual([client.address, true, 'p:', 'idle']);
      expect([other.address, other.bytes, other.keyPrefix]).toEqual([client.address, true, '']);
    });

    test('shares nothing with its duplicates but a private server', async () => {
      const { client, store, fetch } = backend.embedded();
      await client.send(store);
      await using twin = client.duplicate();
      expect(await twin.send(fetch)).toBe(await client.send(fetch));
      expect(await twin.send(fetch)).toBe('stored');
      await client.close();
      expect([client.state, twin.state]).toEqual(['closed', 'ready']);
      expect(await twin.send(fetch)).toBe('stored');
    });

    test.each([[null], ['Redis'], [{}], [7]])('refuses the option client: %j', (wrong) => {
      expect(() => backend.client({ client: wrong })).toThrow(/^(options\.)?client: expected a class that extends /);
    });

    test('counts its calls by command', async () => {
      await using client = backend.client();
      await client.send(backend.ping());
      const { state, pending, queuedBytes, commands } = backend.stats(client);
      expect({ state, pending, queuedBytes }).toEqual({ state: 'ready', pending: 0, queuedBytes: 0 });
      expect(commands[backend.ping().spec.name]).toMatchObject({ count: 1, errors: 0 });
    });

    test('tells of every connection, and replaces them when it is told to', async () => {
      await using client = backend.client();
      const events: string[] = [];
      await client.connect();
      client.on('connection', ({ event, pool, attempt }) => events.push(`${event} ${pool} ${attempt}`));
      const answer = client.send(backend.ping());
      await client.reconnect();
      await answer;
      expect(client.state).toBe('ready');
      await client.close();
      expect(new Set(events)).toEqual(new Set(['connecting shared 1', 'ready shared 1', 'closed shared 1']));
    });

    test('takes no calls any more once it is closed, and closes again without an error', async () => {
      const client = backend.client();
      await client.close();
      await client.close({ timeout: 0 });
      expect(client.state).toBe('closed');
      expect(await codeOf(client.send(backend.ping()))).toBe('CLOSED');
      expect(await codeOf(client.connect())).toBe('CLOSED');
    });
  });

  const executors: readonly [string, () => Promise<KvExecutor<string>>][] = [
    ['a client', async () => backend.client()],
    ['a pool', () => backend.pool()],
    ['a connection', () => backend.connection()],
  ];
  describe.each(executors)('%s', (_, open) => {
    test('rejects what is no command, in send and in sendAll, and sends nothing', async () => {
      await using executor = await open();
      for (const wrong of [undefined, null, 'PING', {}, () => backend.ping(), Promise.resolve()]) {
        expect(await codeOf(executor.send(wrong as never))).toBe('ARGUMENT');
        expect(await codeOf(executor.sendAll([wrong] as never))).toBe('ARGUMENT');
      }
      expect(await codeOf(executor.sendAll('PING' as never))).toBe('ARGUMENT');
      expect(await codeOf(executor.execute('NO SUCH COMMAND'))).toMatch(/^(ARGUMENT|REPLY)$/);
    });

    test('has views with options of their own, which refuse unknown ones', async () => {
      await using executor = await open();
      const view = executor.with({ bytes: true, keyPrefix: 'a:' });
      expect([executor.bytes, executor.keyPrefix]).toEqual([false, '']);
      expect([view.bytes, view.keyPrefix]).toEqual([true, 'a:']);
      expect(view.with({ keyPrefix: '' }).bytes).toBe(true);
      expect(() => executor.with({ timeOut: 5 } as never)).toThrow(/timeOut/);
      expect(() => executor.with({ timeout: -1 })).toThrow(/timeout: expected milliseconds/);
    });
  });

  describe('a pool', () => {
    test('has minSize connections at once, and counts those that are leased', async () => {
      await using pool = await backend.pool({ minSize: 2, maxSize: 3 });
      expect([pool.size, pool.freeSize, pool.minSize, pool.maxSize]).toEqual([2, 2, 2, 3]);
      const lease = await pool.acquire();
      expect([pool.size, pool.freeSize, lease.closed]).toEqual([2, 1, false]);
      pool.release(lease);
      expect(lease.closed).toBe(true);
      await lease.release();
      expect([pool.size, pool.freeSize]).toEqual([2, 2]);
    });

    test('has at most 10 connections unless it is told otherwise', async () => {
      await using pool = await backend.pool();
      expect([pool.minSize, pool.maxSize]).toEqual([1, 10]);
    });

    test('has duplicates with connections of their own, with its bounds but for those given', async () => {
      await using pool = await backend.pool({ minSize: 2, maxSize: 3, keyPrefix: 'p:' });
      await using twin = await (pool.with({ bytes: true }) as typeof pool).duplicate();
      await using other = await twin.duplicate({ maxSize: 5, keyPrefix: '' });
      expect([twin.size, twin.minSize, twin.maxSize, twin.bytes, twin.keyPrefix]).toEqual([2, 2, 3, true, 'p:']);
      expect([other.size, other.minSize, other.maxSize, other.bytes, other.keyPrefix]).toEqual([2, 2, 5, true, '']);
      await pool.close();
      await twin.send(backend.ping());
      await expect(twin.duplicate({ maxSize: 1 })).rejects.toThrow('minSize: expected at most maxSize');
    });

    test('tells of its states and of its connections', async () => {
      const pool = await backend.pool({ minSize: 1 });
      const heard: string[] = [];
      expect(pool.state).toBe('ready');
      pool.on('connection', ({ event }) => heard.push(event)).on('state', ({ to }) => heard.push(to));
      pool.clear();
      await pool.send(backend.ping());
      await pool.close();
      expect(heard).toEqual(expect.arrayContaining(['closed', 'connecting', 'ready', 'closing', 'closed']));
      expect(pool.state).toBe('closed');
    });

    test('refuses calls on a lease that was given back', async () => {
      await using pool = await backend.pool();
      const lease = await pool.acquire();
      await lease.send(backend.ping());
      await lease.release();
      await lease.release();
      expect(await codeOf(lease.send(backend.ping()))).toBe('CLOSED');
    });
  });

  describe('a connection', () => {
    test('is closed from the call of close on', async () => {
      const connection = await backend.connection();
      expect([connection.closed, connection.state]).toEqual([false, 'ready']);
      const last = connection.send(backend.ping());
      const closing = connection.close();
      expect(connection.closed).toBe(true);
      await closing;
      expect(connection.closed).toBe(true);
      expect(await codeOf(last)).toBe('done');
      expect(await codeOf(connection.send(backend.ping()))).toBe('CLOSED');
    });
  });
}
