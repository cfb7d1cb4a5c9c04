import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createConnection, createPool, createRedis, type Multi, type Pipeline } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

interface Batching {
  pipeline(): Pipeline;
  multi(): Multi;
}

/** Something that makes batches, and how its use ends. */
interface Use {
  readonly of: (call: { timeout?: number; signal?: AbortSignal }) => Batching;
  readonly end: () => unknown;
}

const uses: Record<string, () => Promise<Use>> = {
  client: async () => {
    const redis = createRedis(server.url);
    await redis.connect();
    return { of: (call) => redis.with(call), end: () => redis.close() };
  },
  pool: async () => {
    const pool = await createPool(server.url);
    return { of: (call) => pool.with(call), end: () => pool.close() };
  },
  connection: async () => {
    const connection = await createConnection(server.url);
    return { of: (call) => connection.with(call), end: () => connection.close() };
  },
  session: async () => {
    const redis = createRedis(server.url);
    onTestFinished(() => redis.close());
    const session = await redis.session();
    return { of: (call) => session.with(call), end: () => session.release() };
  },
  'lease of a pool': async () => {
    const pool = await createPool(server.url);
    onTestFinished(() => pool.close());
    const lease = await pool.acquire();
    return { of: (call) => lease.with(call), end: () => pool.release(lease) };
  },
};

describe.each(Object.keys(uses))('a batch of a %s', (name) => {
  async function use(): Promise<Use> {
    const made = await (uses[name] as () => Promise<Use>)();
    onTestFinished(async () => void (await made.end()));
    return made;
  }

  describe.each(['pipeline', 'multi'] as const)('%s', (kind) => {
    test('members that are never executed fail at the deadline of the first', async () => {
      const batch = (await use()).of({ timeout: 30 })[kind]();
      const error = {
        code: 'TIMEOUT',
        outcome: 'notSent',
        message: `${kind}: execute() was not called in time (30 ms)`,
      };
      await expect(Promise.all([batch.get('a'), batch.get('b')])).rejects.toMatchObject(error);
      await expect(batch.get('c')).rejects.toMatchObject(error);
      await expect(batch.execute()).rejects.toMatchObject(error);
      expect(batch.length).toBe(0);
    });

    test('executed in the turn in which it began, it still says why it ended', async () => {
      const { of, end } = await use();
      const stop = new AbortController();
      const aborted = of({ signal: stop.signal })[kind]();
      aborted.get('a').catch(() => undefined);
      stop.abort();
      const closed = of({})[kind]();
      closed.get('a').catch(() => undefined);
      const ended = end();
      await expect(aborted.execute()).rejects.toMatchObject({ code: 'ABORTED', outcome: 'notSent' });
      await expect(closed.execute()).rejects.toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
      await ended;
    });

    test('after a deadline that has passed the batch can be used again', async () => {
      const { of } = await use();
      const batch = of({ timeout: 300 })[kind]();
      await expect(batch.get('a')).rejects.toMatchObject({ code: 'TIMEOUT' });
      await expect(batch.execute()).rejects.toMatchObject({ code: 'TIMEOUT' });
      const echo = batch.echo('x');
      expect(await batch.execute()).toEqual(['x']);
      expect(await echo).toBe('x');
    });

    test('members that are added after execute() fail at their deadline', async () => {
      const batch = (await use()).of({ timeout: 300 })[kind]();
      void batch.echo('x');
      expect(await batch.execute()).toEqual(['x']);
      await expect(batch.echo('y')).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
    });

    test('members that are never executed fail when the signal fires', async () => {
      const abort = new AbortController();
      const batch = (await use()).of({ signal: abort.signal })[kind]();
      const member = batch.get('a');
      abort.abort(new Error('enough'));
      await expect(member).rejects.toMatchObject({ code: 'ABORTED', outcome: 'notSent', cause: { message: 'enough' } });
      await expect(batch.execute()).rejects.toMatchObject({ code: 'ABORTED' });
    });

    test('members that are never executed fail when the use ends, also without a deadline', async () => {
      const { of, end } = await use();
      const [open, executed] = [of({ timeout: 0 })[kind](), of({ timeout: 0 })[kind]()];
      void executed.echo('x');
      expect(await executed.execute()).toEqual(['x']);
      const members = [open.get('a'), executed.get('b')];
      void end();
      for (const member of members) await expect(member).rejects.toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
      await expect(open.get('c')).rejects.toMatchObject({ code: 'CLOSED' });
      await expect(open.execute()).rejects.toMatchObject({ code: 'CLOSED' });
      await expect(of({ timeout: 0 })[kind]().get('d')).rejects.toMatchObject({ code: 'CLOSED' });
    });
  });
});

test('members of a session fail when its connection is lost', async () => {
  const redis = createRedis(server.url);
  onTestFinished(() => redis.close());
  const session = await redis.session({ timeout: 0 });
  const member = session.with({ timeout: 0 }).multi().get('a');
  await redis.clientKill({ id: await session.clientId() });
  await expect(member).rejects.toMatchObject({ code: 'CONNECTION', outcome: 'notSent' });
});

test('members that no one looks at are no unhandled rejections', async () => {
  const seen: unknown[] = [];
  const listener = (error: unknown): void => void seen.push(error);
  process.on('unhandledRejection', listener);
  onTestFinished(() => void process.off('unhandledRejection', listener));
  const redis = createRedis(server.url);
  void redis.multi().get('a');
  void redis.with({ timeout: 10 }).pipeline().get('a');
  await expect(redis.with({ timeout: 30 }).pipeline().get('b')).rejects.toMatchObject({ code: 'TIMEOUT' });
  await redis.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual([]);
});
