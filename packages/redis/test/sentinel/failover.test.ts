/** A primary with two replicas and three sentinels, all real: the primary is killed, frozen, and replaced on purpose. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ManagedServer } from '@kv/testkit/topology/managed-server';
import { type SentinelRig, startSentinels } from '@kv/testkit/topology/sentinels';
import { waitFor } from '@kv/testkit/topology/wait';
import { describe, expect, it } from 'vitest';
import { createRedis, isKvError, type Redis, type TopologyEvent } from '../../src/index.ts';
import { Writer } from './writer.ts';

const KEY = 'members';

/** Half a second is promised; machines that run all tests at once need more. */
const SOON = 5000;

/** A failover takes longer than the default deadline where everything runs at once. */
const PATIENT = { timeout: 60_000 };

/** Each test has servers of its own, because sentinels need 10 s or more until the next failover. */
async function withRig(run: (rig: SentinelRig) => Promise<void>): Promise<void> {
  await using rig = await startSentinels();
  await run(rig);
}

/** Resolves when a client has another primary. */
function moved(name: string): Promise<unknown> {
  return new Promise((resolve) => {
    const listener = (event: unknown): void => {
      const { client, moved: changes } = event as TopologyEvent;
      if (client !== name || changes === 0) return;
      unsubscribe('kv:topology', listener);
      resolve(event);
    };
    subscribe('kv:topology', listener);
  });
}

/** When a client got another primary; the first time is that of its first use. */
class Changes implements Disposable {
  readonly times: number[] = [];
  readonly #listener: (event: unknown) => void;

  constructor(name: string) {
    this.#listener = (event) => {
      const { client, moved: changes } = event as TopologyEvent;
      if (client === name && changes > 0) this.times.push(performance.now());
    };
    subscribe('kv:topology', this.#listener);
  }

  [Symbol.dispose](): void {
    unsubscribe('kv:topology', this.#listener);
  }
}

/** The primary that all sentinels and the client name. */
function primaryOf(rig: SentinelRig, redis: Redis): Promise<ManagedServer> {
  return waitFor('one primary', async () => {
    const named = await Promise.all(rig.sentinels.map((sentinel) => rig.namedBy(sentinel)));
    const [first] = named;
    if (first === undefined || named.some((one) => one !== first)) return undefined;
    return redis.nodes('primary')[0]?.address === `${first.host}:${first.port}` ? first : undefined;
  });
}

/**
 * All that was acknowledged since the new primary was named must be there: an old primary would have lost it. On a machine
 * that stalls the sentinels may replace a primary that is well once more: then it counts for the last one.
 */
async function expectKept(writer: Writer, primary: ManagedServer, since: number, { times }: Changes): Promise<void> {
  await writer.stop();
  const members = writer.membersSince(times.length > 2 ? Math.max(...times) : since, 'acknowledged');
  const found = (await primary.ask('SMISMEMBER', KEY, '', ...members)) as number[];
  expect(members.filter((_, i) => found[i + 1] !== 1)).toEqual([]);
  expect(writer.surprises).toEqual([]);
}

describe.concurrent('a primary that is replaced', () => {
  it('is followed after SIGKILL, and gets no write when it returns as a primary [#104] [#186] [#191]', () =>
    withRig(async (rig) => {
      using changes = new Changes('killed');
      await using redis = createRedis(rig.url, { ...PATIENT, name: 'killed' });
      const writer = new Writer(redis, KEY);
      await writer.acknowledged(20);
      const old = rig.primary;
      await rig.kill(old);
      const { firstAt } = await rig.waitForNewPrimary(old);
      expect((await writer.successAfter(firstAt)) - firstAt).toBeLessThan(SOON);
      await rig.restart(old); // it says that it is a primary, until the sentinels tell it otherwise
      const returned = performance.now();
      await writer.acknowledged(100);
      await expectKept(writer, await primaryOf(rig, redis), firstAt, changes);
      expect(writer.membersSince(Math.max(returned, ...changes.times), 'unknown')).toEqual([]);
    }));

  it('is followed after SIGSTOP, and gets no write when it thaws [#105] [#186]', () =>
    withRig(async (rig) => {
      using changes = new Changes('frozen');
      await using redis = createRedis(rig.url, { ...PATIENT, name: 'frozen' });
      const writer = new Writer(redis, KEY);
      await writer.acknowledged(20);
      const old = rig.primary;
      rig.freeze(old);
      const { firstAt } = await rig.waitForNewPrimary(old);
      expect((await writer.successAfter(firstAt)) - firstAt).toBeLessThan(SOON);
      rig.thaw(old);
      const thawed = performance.now();
      await writer.acknowledged(100);
      await expectKept(writer, await primaryOf(rig, redis), firstAt, changes);
      expect(writer.membersSince(Math.max(thawed, ...changes.times), 'unknown')).toEqual([]);
    }));

  it('moves calls, sessions, blocking calls and subscriptions after SENTINEL FAILOVER [#187] [#188]', () =>
    withRig(async (rig) => {
      await using redis = createRedis(rig.url, { ...PATIENT, name: 'mover' });
      await using news = await redis.subscribe('news');
      const gaps: string[] = [];
      news.on('gap', ({ reason }) => gaps.push(reason));
      const messages = news[Symbol.asyncIterator]();
      const session = await redis.session();
      await session.set('a', '1');
      const lost = redis.blpop('queue', 20).catch((error: unknown) => error);
      const old = rig.primary;
      const [{ node }] = await Promise.all([rig.failover(), moved('mover')]);
      await redis.set('b', '2');
      expect(await node.ask('GET', 'b')).toBe('2');
      await expect(session.get('a')).rejects.toSatisfy((error) => isKvError(error));
      void session.release();
      await using next = await redis.session();
      expect(await next.get('a')).toBe('1');
      expect(await lost).toMatchObject({ code: 'CONNECTION', outcome: 'unknown', command: 'BLPOP' });
      const popped = redis.blpop('queue', 20);
      await redis.rpush('queue', 'job');
      expect(await popped).toMatchObject({ element: 'job' });
      await waitFor('a gap', () => gaps.length > 0 || undefined); // expect.poll mistakes tests that run side by side
      await redis.publish('news', 'hello');
      expect((await messages.next()).value).toMatchObject({ channel: 'news', message: 'hello' });
      expect(node).not.toBe(old);
    }));

  it('is found while a sentinel is down, another one frozen, and followed in time [#103] [#182]', () =>
    withRig(async (rig) => {
      const [down, frozen] = rig.sentinels;
      await using redis = createRedis(rig.url, { ...PATIENT, name: 'seer' });
      await redis.set('before', '1');
      if (down !== undefined) await rig.kill(down);
      await Promise.all([rig.failover(), moved('seer')]);
      await redis.set('after', '1');
      if (frozen !== undefined) rig.freeze(frozen);
      await using late = createRedis(rig.url, PATIENT);
      expect(await late.mget('before', 'after')).toEqual(['1', '1']);
      if (frozen !== undefined) rig.thaw(frozen);
    }));
});
