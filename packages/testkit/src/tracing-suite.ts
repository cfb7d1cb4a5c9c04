/** Spans of what every client can do. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SpanRecorder } from './span-recorder.ts';

/** The calls that are traced here; all clients, pools and connections have them. */
interface Calls {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
}

interface TracedClient extends Calls {
  readonly address: string;
  sendAll(commands: readonly never[]): Promise<unknown>;
  close(): Promise<void>;
}

interface TracedPool extends Calls {
  acquire(): Promise<Calls & AsyncDisposable>;
  close(): Promise<void>;
}

/** A server, and what is connected to it. */
export interface TracedBackend {
  /** Its name is `cache`. */
  readonly client: TracedClient;
  readonly pool: TracedPool;
  readonly connection: Calls & { close(): Promise<void> };
  /** How the protocol writes the name of the command that reads a key. */
  readonly get: string;
  /** Two reads that are sent together. */
  readonly reads: readonly unknown[];
  close(): Promise<void>;
}

/** Runs the tests on one backend. */
export function tracingSuite(backend: string, open: () => Promise<TracedBackend>): void {
  let opened: TracedBackend;
  let recorder: SpanRecorder;
  beforeEach(async () => {
    opened = await open();
    recorder = new SpanRecorder();
  });
  afterEach(async () => {
    recorder[Symbol.dispose]();
    await Promise.all([opened.client.close(), opened.pool.close(), opened.connection.close()]);
    await opened.close();
  });

  it('calls of client, pool, lease and connection have spans in the span of their caller', async () => {
    const { client, pool, connection } = opened;
    await recorder.run('client', () => client.get('secret'));
    await recorder.run('pool', () => pool.get('secret'));
    await recorder.run('connection', () => connection.get('secret'));
    await recorder.run('lease', async () => {
      await using lease = await pool.acquire();
      await lease.get('secret');
    });
    const spans = recorder.of('kv:command');
    expect(spans.map(({ parent }) => parent?.operation)).toEqual(['client', 'pool', 'connection', 'lease']);
    expect(spans[0]?.end).toMatchObject({
      client: 'cache',
      backend,
      command: opened.get,
      address: client.address,
      attempt: 1,
    });
    expect([recorder.strays, JSON.stringify(recorder.spans).includes('secret')]).toEqual([0, false]);
  });

  it('1,000 calls at once, in spans of their own, end in their own spans', async () => {
    const { client } = opened;
    const calls = Array.from({ length: 1000 }, (_, i) =>
      recorder.run(String(i), async () => {
        await client.set(`k${i}`, 'v');
        await client.get(`k${i}`);
        return recorder.current?.operation;
      }),
    );
    expect(await Promise.all(calls)).toEqual(calls.map((_, i) => String(i)));
    const spans = recorder.of('kv:command');
    expect(new Set(spans.map(({ parent }) => parent?.operation)).size).toBe(1000);
    expect(spans.filter(({ events }) => events.join() !== 'end,asyncStart,asyncEnd')).toEqual([]);
    expect([spans.length, recorder.strays]).toEqual([2000, 0]);
  });

  it('commands that are sent together have one span, with the spans of the commands in it', async () => {
    const { client, reads } = opened;
    await recorder.run('caller', () => client.sendAll(reads as readonly never[]));
    const [batch] = recorder.of('kv:batch');
    expect(batch?.parent?.operation).toBe('caller');
    expect(batch?.end).toMatchObject({
      backend,
      batchMode: 'pipeline',
      batchSize: 2,
      commands: [opened.get, opened.get],
    });
    expect(recorder.of('kv:command').map(({ parent }) => parent)).toEqual([batch, batch]);
  });
}
