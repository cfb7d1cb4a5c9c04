import { CalmClock } from '@kv/testkit/calm-clock';
import { type FaultProxy, faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { get, set } from '../src/commands/string.ts';
import { incr } from '../src/commands/string-counter.ts';
import {
  type Command,
  command,
  createPool,
  createRedis,
  type KvError,
  type Redis,
  type RedisSession,
} from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);

describe.each([2, 3] as const)('optimistic locking in RESP%i', (protocol) => {
  let redis: Redis;
  beforeEach(async () => {
    redis = createRedis(server.url, { protocol, maxSessions: 4 });
    await redis.flushall();
  });
  afterEach(() => redis.close());

  it('10,000 tasks on 100 keys through one client: counters exact, connections bounded, no one starves', async ({
    annotate,
  }) => {
    const finished: number[] = [];
    let conflicts = 0;
    let worst = 0;
    const started = performance.now();
    const task = async (i: number): Promise<void> => {
      const key = `counter:${(i >> 1) % 100}`; // neighbours compete for a key
      let attempts = 0;
      const increment = async (s: RedisSession): Promise<[Command<'OK'>]> => {
        attempts++;
        return [set(key, Number(await s.get(key)) + 1)];
      };
      await redis.transaction([key], increment, { timeout: 60_000, retries: 1000 });
      conflicts += attempts - 1;
      worst = Math.max(worst, performance.now() - started);
      finished.push(i);
    };
    await Promise.all(Array.from({ length: 10_000 }, (_, i) => task(i)));
    const total = performance.now() - started;
    const counters = await redis.mget(Array.from({ length: 100 }, (_, i) => `counter:${i}`));
    expect(counters).toEqual(Array.from({ length: 100 }, () => '100'));
    expect(redis.stats().connections.sessions.size).toBeLessThanOrEqual(4);
    // All asked at once and are served in order, so a fair wait ends at one's place in the row.
    const late = Math.max(...finished.map((i, place) => place - i));
    expect(late).toBeLessThan(100);
    await annotate(
      `worst wait ${worst.toFixed(0)} of ${total.toFixed(0)} ms, ${late} of 10,000 places late, ${conflicts} conflicts`,
    );
  }, 60_000);

  it('30: a conflict is an error of its own, and a WATCH of one task has no effect on the transaction of another', async () => {
    await using watcher = await redis.session();
    await watcher.watch('watched');
    await redis.set('watched', 'changed by somebody');
    const other = redis.multi();
    void other.set('free', 1);
    expect(await other.execute()).toEqual(['OK']);
    const own = watcher.multi();
    void own.set('mine', 1);
    expect(await settle(own.execute())).toMatchObject({ code: 'CONFLICT', outcome: 'refused' });
    expect(await redis.mget('free', 'mine')).toEqual(['1', null]);
  });

  it('transaction() is repeated after a conflict, and gives up after its retries', async () => {
    let attempts = 0;
    const [value] = await redis.transaction(['k'], async (s) => {
      if (++attempts === 1) await redis.set('k', 'meanwhile');
      return [set('k', `${await s.get('k')} and mine`)];
    });
    expect([value, attempts, await redis.get('k')]).toEqual(['OK', 2, 'meanwhile and mine']);
    const hopeless = redis.transaction(
      ['k'],
      async () => [
        await redis
          .incr('other')
          .then(() => redis.set('k', Math.random()))
          .then(() => get('k')),
      ],
      { retries: 2 },
    );
    await expect(hopeless).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('retries are counted exactly, and only conflicts are repeated', async () => {
    for (const retries of [0, 2]) {
      let attempts = 0;
      const hopeless = redis.transaction(
        ['k'],
        async () => {
          await redis.set('k', ++attempts);
          return [get('k')];
        },
        { retries },
      );
      await expect(hopeless).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(attempts).toBe(retries + 1);
    }
    let attempts = 0;
    const refused = redis.transaction(['k'], async () => {
      attempts++;
      return [set('k', 'text'), incr('k')];
    });
    await expect(refused).rejects.toMatchObject({ code: 'BATCH', results: ['OK', { prefix: 'ERR', command: 'INCR' }] });
    expect(attempts).toBe(1);
    for (const retries of [-1, 0.5, Number.NaN]) {
      const wrong = redis.transaction(['k'], async () => [get('k')], { retries });
      await expect(wrong).rejects.toMatchObject({ code: 'ARGUMENT', message: expect.stringContaining('retries') });
    }
  });

  it('a body with nothing to run leaves nothing watched', async () => {
    await using one = createRedis(server.url, { protocol, maxSessions: 1 });
    await one.configResetstat();
    expect(await one.transaction(['k'], async () => [])).toEqual([]);
    await redis.set('k', 'changed');
    await using session = await one.session();
    const m = session.multi();
    void m.set('other', 1);
    expect(await m.execute()).toEqual(['OK']);
    // The connection was clean when it came back: nothing else had to be undone.
    expect(await one.info('commandstats')).not.toMatch(/cmdstat_reset|cmdstat_discard/);
  });

  it('a view of a session keeps what it does not change', async () => {
    await using session = await redis.with({ keyPrefix: 'p:', timeout: 10_000 }).session();
    const bytes = session.with({ bytes: true });
    await bytes.set('k', 'v');
    expect([bytes.keyPrefix, bytes.bytes, session.bytes]).toEqual(['p:', true, false]);
    expect(await redis.get('p:k')).toBe('v');
    expect(await bytes.get('k')).toEqual(Uint8Array.of(118));
    expect(await session.with({ keyPrefix: '' }).get('p:k')).toBe('v');
  });

  it('a body that throws gives back a clean connection and runs nothing', async () => {
    const failed = redis.transaction(['k'], async () => {
      throw new Error('body failed');
    });
    await expect(failed).rejects.toThrow('body failed');
    expect(await redis.transaction(['k'], async () => [incr('n')])).toEqual([1]);
    expect(redis.stats().connections.sessions.size).toBe(1);
  });

  it('31: a lost connection between WATCH and EXEC rejects, and nothing runs', async () => {
    await using s = await redis.session();
    await s.watch('k');
    const id = (await s.execute('CLIENT', 'ID')) as number;
    await redis.execute('CLIENT', 'KILL', 'ID', id);
    const m = s.multi();
    void m.set('k', 1);
    expect(await settle(m.execute())).toMatchObject({ code: 'CONNECTION' });
    expect(await redis.exists('k')).toBe(0);
  });

  it('34: a cut at any place in a transaction ends every member once, as a whole, and none runs by half', async () => {
    await using proxy = await faultProxy(server);
    const cut = async (client: Redis): Promise<'ran' | 'unknown'> => {
      const m = client.multi();
      const members = [m.incr('left'), m.incr('middle'), m.incr('right')];
      const whole = await settle(m.execute());
      const ends = await Promise.all(members.map(settle));
      const ran = Array.isArray(whole);
      const lost = expect.objectContaining({ code: 'CONNECTION', outcome: 'unknown' });
      expect(whole).toEqual(ran ? ends : lost);
      expect(ends).toEqual(ran ? whole : [whole, whole, whole]);
      return ran ? 'ran' : 'unknown';
    };
    const count = { ran: 0, unknown: 0 };
    const open = async (): Promise<Redis> => {
      const client = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol, timeout: 2000, connectTimeout: 2000 });
      await client.connect();
      return client;
    };
    const { fromClient, fromServer } = await handshakeOf(proxy, open);
    for (let place = 3; place < 40; place++) {
      for (const faults of [
        { toServer: { cutAfter: fromClient + place * 4 } },
        { toClient: { cutAfter: fromServer + place * 2 } },
      ]) {
        proxy.faults = faults;
        const client = await open();
        count[await cut(client)]++;
        await client.close({ timeout: 0 });
        expect(new Set(await redis.mget('left', 'middle', 'right')).size).toBe(1);
      }
    }
    const counter = Number(await redis.get('left'));
    expect(counter).toBeGreaterThanOrEqual(count.ran);
    expect(counter).toBeLessThanOrEqual(count.ran + count.unknown);
    expect(count.unknown).toBeGreaterThan(20);
    expect(count.ran).toBeGreaterThan(0);
  });

  it('33: what changes a connection is undone before the next task gets it, or refused', async () => {
    await using one = createRedis(server.url, { protocol, maxSessions: 1 });
    const dirt: ((s: RedisSession) => Promise<unknown>)[] = [
      (s) => s.watch('k'),
      (s) => s.select(3),
      (s) => s.execute('MULTI'),
      (s) => s.clientSetname('mine'),
      async (s) => {
        // A SELECT that is queued and never run: the database is another than the reply would make one think.
        await s.watch('k');
        await s.select(3);
        await redis.set('k', Math.random());
        const m = s.multi();
        void m.send(command('SELECT', 0));
        expect(await settle(m.execute())).toMatchObject({ code: 'CONFLICT' });
      },
    ];
    for (const soil of dirt) {
      const dirty = await one.session();
      await soil(dirty);
      await redis.set('k', Math.random());
      void dirty.release();
      await using clean = await one.session();
      expect(await clean.execute('CLIENT', 'INFO')).toMatch(/name= [^\n]*db=0 [^\n]*multi=-1/);
      const m = clean.multi();
      void m.incr('n');
      expect(await m.execute()).toHaveLength(1);
    }
    await using session = await one.session();
    for (const refused of [
      ['SUBSCRIBE', 'a'],
      ['CLIENT', 'REPLY', 'OFF'],
      ['MONITOR'],
      ['SYNC'],
      ['REPLCONF', 'x'],
    ] as const) {
      const [name, ...args] = refused;
      expect(await settle(session.execute(name, ...args))).toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
    }
    expect(await session.ping()).toBe('PONG');
  });

  it('unwatch and reset forget', async () => {
    await using s = await redis.session();
    for (const forget of [() => s.unwatch(), () => s.reset()]) {
      await s.watch('k');
      await redis.set('k', 'changed');
      await forget();
      const m = s.multi();
      void m.incr('n');
      await m.execute();
    }
    expect(await redis.get('n')).toBe('2');
  });

  it('waiting for a session has a deadline of its own, and close() ends it', async () => {
    const sessions = await Promise.all(Array.from({ length: 4 }, () => redis.session()));
    expect(await settle(redis.session({ timeout: 30 }))).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
    const waiting = settle(redis.session({ timeout: 0 }));
    await redis.close({ timeout: 10 });
    expect(await waiting).toMatchObject({ code: 'CLOSED' });
    expect(sessions.every((session) => session.closed)).toBe(true);
  });

  it('MULTI itself is refused: what ran by itself is not said to have been refused', async () => {
    await using guarded = await startRedis({
      users: ['half on >pw ~* +@all -multi', 'none on >pw ~* +@all -multi -@write'],
    });
    const run = async (user: string): Promise<unknown> => {
      await using client = createRedis(`redis://${user}:pw@127.0.0.1:${guarded.port}`, { protocol });
      const m = client.multi();
      const members = [m.set('a', 1), m.incr('n')];
      const error = await settle(m.execute());
      expect(await Promise.all(members.map(settle))).toEqual([error, error]);
      return [error, await client.mget('a', 'n')];
    };
    const refused = { code: 'REPLY', prefix: 'NOPERM', command: 'MULTI' };
    expect(await run('none')).toMatchObject([{ ...refused, outcome: 'refused' }, [null, null]]);
    expect(await run('half')).toMatchObject([{ ...refused, outcome: 'unknown' }, ['1', '1']]);
  });

  it('WATCH, MULTI and SELECT are refused on the shared client, which says what to use', async () => {
    for (const [name, instead] of [
      ['WATCH', 'transaction'],
      ['MULTI', 'multi()'],
      ['SELECT', 'db option'],
    ] as const) {
      const error = (await settle(redis.execute(name, 'k'))) as KvError;
      expect(error).toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
      expect(error.message).toContain(instead);
    }
  });
});

/** How many bytes the handshake takes in each direction. */
async function handshakeOf(
  proxy: FaultProxy,
  open: () => Promise<Redis>,
): Promise<{ fromClient: number; fromServer: number }> {
  await using _client = await open();
  const { fromClient = 0, fromServer = 0 } = proxy.connections.at(-1) ?? {};
  return { fromClient, fromServer };
}

describe.each([2, 3] as const)('on a stalled server, RESP%i', (protocol) => {
  it('a transaction and pool.select() end by their deadline and signal, and clean up behind', async () => {
    await using proxy = await faultProxy(server);
    const url = `redis://127.0.0.1:${proxy.port}`;
    await using redis = createRedis(url, { protocol, maxSessions: 1 });
    await using first = await createPool(url, { protocol });
    await using second = await createPool(url, { protocol });
    await (await redis.session()).release();
    proxy.stall();
    const signal = AbortSignal.timeout(50);
    using clock = new CalmClock();
    const ends = [
      redis.transaction(['a'], async () => [set('a', '1')], { timeout: 50 }),
      redis.transaction(['a'], async () => [set('a', '1')], { signal }),
      first.with({ timeout: 50 }).select(1),
      second.with({ signal }).select(1),
    ];
    const codes = ['TIMEOUT', 'ABORTED', 'TIMEOUT', 'ABORTED'];
    expect(await Promise.all(ends.map(settle))).toMatchObject(codes.map((code) => ({ code })));
    expect(clock.now()).toBeLessThan(2500); // half of the 5 s that cleaning may take
    await Promise.all([redis, first, second].map((client) => client.close({ timeout: 0 })));
  });
});
