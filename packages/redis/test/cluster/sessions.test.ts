import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { set } from '../../src/commands/string.ts';
import { incr } from '../../src/commands/string-counter.ts';
import { type Command, createRedis, type KvError, type Redis, type RedisSession } from '../../src/index.ts';
import { otherPrimary, slotMoved } from './moves.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ primaries: 3, replicas: 0 });
}, 60_000);
afterAll(() => cluster.close());

let redis: Redis;
beforeEach(async () => {
  redis = createRedis(cluster.url);
  await redis.flushall();
});
afterEach(() => redis.close());

const settle = (call: Promise<unknown>): Promise<KvError> =>
  call.then(
    (value) => expect.fail(`expected an error, got ${String(value)}`),
    (error: KvError) => error,
  );

describe('session({ key })', () => {
  it('is connected to the primary of the key, and refuses keys of other slots by itself [#154]', async () => {
    await using session = await redis.session({ key: '{a}' });
    await session.set('{a}:1', 'x');
    expect(await session.mget('{a}:1', '{a}:2')).toEqual(['x', null]);
    const refused = await settle(session.get('{b}:1'));
    expect(refused).toMatchObject({ name: 'ArgumentError', command: 'GET', outcome: 'notSent' });
    expect(refused.message).toContain('hash tag');
    expect((await settle(session.mget('{a}:1', '{b}:1'))).name).toBe('ArgumentError');
    const m = session.multi();
    void m.set('{a}:1', 'y');
    void m.set('{b}:1', 'y');
    expect((await settle(m.execute())).message).toContain('hash tag');
    expect(await session.get('{a}:1')).toBe('x');
    expect(session.closed).toBe(false);
  });

  it('finds its server by the whole key, the prefix included [#154]', async () => {
    const view = redis.with({ keyPrefix: '{tag}' });
    await using session = await view.session({ key: 'anything' });
    await session.set('k', 'v');
    expect(await redis.get('{tag}k')).toBe('v');
    const bytes = await redis.session({ key: new TextEncoder().encode('{tag}') });
    expect(await bytes.get('{tag}k')).toBe('v');
    await bytes.release();
  });

  it('needs a key to know which server is meant [#154]', async () => {
    const error = await settle(redis.session());
    expect(error).toMatchObject({ name: 'ArgumentError' });
    expect(error.message).toContain('session({ key })');
    expect((await settle(redis.execute('WAIT', 0, 0))).message).toContain('session()');
  });

  it('ends when its slot has moved: the call rejects with MOVED, later ones are not sent [#154]', async () => {
    const session = await redis.session({ key: '{m}' });
    await session.set('{m}', 'before');
    await cluster.moveSlot(await cluster.slotOf('{m}'), await otherPrimary(cluster, '{m}'));
    expect(await settle(session.get('{m}'))).toMatchObject({ name: 'ReplyError', prefix: 'MOVED' });
    expect(session.closed).toBe(true);
    expect(await settle(session.get('{m}'))).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
    await session.release();
    await using next = await redis.session({ key: '{m}' });
    expect(await next.get('{m}')).toBe('before');
  });
});

describe('transaction(keys)', () => {
  it('refuses keys of several slots before anything is sent [#154]', async () => {
    let ran = false;
    const error = await settle(
      redis.transaction(['{a}', '{b}'], async () => {
        ran = true;
        return [incr('{a}')];
      }),
    );
    expect(error).toMatchObject({ name: 'ArgumentError' });
    expect(error.message).toContain('hash tag');
    expect(ran).toBe(false);
  });

  it('begins again at the new owner when the slot moves between WATCH and EXEC, and counts no conflict [#154]', async () => {
    await redis.set('{t}', '1');
    let turns = 0;
    const addOne = async (session: RedisSession): Promise<[Command<'OK'>]> => {
      const value = Number(await session.get('{t}'));
      if (turns++ === 0) await slotMoved(cluster, '{t}');
      return [set('{t}', value + 1)];
    };
    // The key that leaves changes for those who watch it, so the first turn may end as a conflict at the old owner.
    expect(await redis.transaction(['{t}'], addOne, { retries: 1 })).toEqual(['OK']);
    expect(turns).toBeGreaterThan(1);
    expect(await redis.get('{t}')).toBe('2');
  });

  it('begins again when another command of its body is sent away [#154]', async () => {
    let turns = 0;
    const read = async (session: RedisSession): Promise<[Command<'OK'>]> => {
      if (turns++ === 0) await slotMoved(cluster, '{u}');
      await session.get('{u}');
      return [set('{u}', 'x')];
    };
    expect(await redis.transaction(['{u}'], read, { retries: 0 })).toEqual(['OK']);
    expect(turns).toBe(2);
  });

  it('runs at the target while the slot is open and its keys are there already [#154]', async () => {
    await redis.set('{o}', '5');
    const slot = await cluster.slotOf('{o}');
    const source = await cluster.slotOwner(slot);
    const target = await otherPrimary(cluster, '{o}');
    await cluster.importing(slot, target, source);
    await cluster.migrating(slot, source, target);
    await cluster.migrateKeys(slot, source, target);
    const body = async (session: RedisSession): Promise<[Command<number>, Command<number>]> => {
      expect(await session.get('{o}')).toBe('5');
      return [incr('{o}'), incr('{o}')];
    };
    expect(await redis.transaction(['{o}'], body, { retries: 0 })).toEqual([6, 7]);
    await cluster.setNode(slot, target);
    expect(await redis.get('{o}')).toBe('7');
  });

  it('a session whose watched key has left for another server is in conflict [#155]', async () => {
    await redis.mset({ '{v}1': 'a', '{v}2': 'b' });
    const slot = await cluster.slotOf('{v}');
    const source = await cluster.slotOwner(slot);
    const target = await otherPrimary(cluster, '{v}');
    await using session = await redis.session({ key: '{v}' });
    await session.watch('{v}1');
    await cluster.importing(slot, target, source);
    await cluster.migrating(slot, source, target);
    await source.ask('MIGRATE', target.host, target.port, '{v}1', 0, 1000);
    const m = session.multi();
    void m.set('{v}2', 'c'); // it is still here
    expect(await settle(m.execute())).toMatchObject({ code: 'CONFLICT' });
    expect(session.closed).toBe(false);
    await cluster.migrateKeys(slot, source, target);
    await cluster.setNode(slot, target);
    expect(await redis.mget('{v}1', '{v}2')).toEqual(['a', 'b']);
  });

  it('is in conflict when a watched key was changed each time [#155]', async () => {
    await redis.set('{c}', '0');
    const changed = redis.transaction(
      ['{c}'],
      async () => {
        await redis.incr('{c}');
        return [incr('{c}')];
      },
      { retries: 2 },
    );
    expect(await settle(changed)).toMatchObject({ code: 'CONFLICT' });
    expect(await redis.get('{c}')).toBe('3');
  });

  it('1,000 counters in transactions while their slots move: none is lost, none counted twice [#154]', async () => {
    const keys = Array.from({ length: 8 }, (_, i) => `{n${i}}`);
    let done = false;
    const moving = (async () => {
      for (let i = 0; !done; i++) await slotMoved(cluster, keys[i % keys.length] as string);
    })();
    const add = (key: string): Promise<unknown> =>
      redis.transaction([key], async (s) => [set(key, Number(await s.get(key)) + 1)], { retries: 1000 });
    for (let round = 0; round < 125; round++) await Promise.all(keys.map(add));
    done = true;
    await moving;
    expect(await redis.mget(...keys)).toEqual(keys.map(() => '125'));
  }, 60_000);
});
