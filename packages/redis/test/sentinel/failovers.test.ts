/**
 * Failovers in a row, under load: the primary is killed and returns, or is replaced on purpose, by turns. Two of them,
 * or as many as KV_TEST_FAILOVERS says: each needs some seconds until all servers follow the next primary.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedServer } from '@kv/testkit/topology/managed-server';
import { type NamedPrimary, type SentinelRig, startSentinels } from '@kv/testkit/topology/sentinels';
import { expect, it } from 'vitest';
import { createRedis, type Redis } from '../../src/index.ts';
import { Writer } from './writer.ts';

const COUNT = Number(process.env['KV_TEST_FAILOVERS'] ?? 2);
const WRITERS = 4;
const KEY = 'members';
const PATIENT = { timeout: 60_000 };

/** Each adds members of its own to one set. */
function startWriters(redis: Redis): Writer[] {
  const client = (name: number): { sadd: (key: string, member: string) => Promise<unknown> } => ({
    sadd: (key, member) => redis.sadd(key, `${name}:${member}`),
  });
  return Array.from({ length: WRITERS }, (_, name) => new Writer(client(name), KEY));
}

/** Reads from replicas until `signal` fires. Resolves to what failed. */
async function readOn(redis: Redis, signal: AbortSignal): Promise<unknown[]> {
  const view = redis.with({ readFrom: 'preferReplica' });
  const failed: unknown[] = [];
  for (; !signal.aborted; await sleep(2)) await view.scard(KEY).catch((error: unknown) => failed.push(error));
  return failed;
}

async function kill(rig: SentinelRig): Promise<NamedPrimary> {
  const old = rig.primary;
  await rig.kill(old);
  const named = await rig.waitForNewPrimary(old, PATIENT);
  await rig.restart(old); // it says that it is a primary, until the sentinels tell it otherwise
  return named;
}

/** What was acknowledged after a time and is not there. */
async function missing(writers: readonly Writer[], node: ManagedServer, since: number): Promise<string[]> {
  const members = writers.flatMap((writer, name) =>
    writer.membersSince(since, 'acknowledged').map((member) => `${name}:${member}`),
  );
  const found = (await node.ask('SMISMEMBER', KEY, ...members)) as number[];
  return members.filter((_, i) => found[i] !== 1);
}

it(
  `${COUNT} in a row lose no write that is acknowledged after the next primary was named, and fail no read [#104] [#186] [#191] [#192]`,
  async () => {
    await using rig = await startSentinels({ downAfter: 3000, period: 1000 }); // a machine that stalls is not down, and has no wrong role
    await using redis = createRedis(rig.url, PATIENT);
    const writers = startWriters(redis);
    const end = new AbortController();
    const reading = readOn(redis, end.signal);
    for (let i = 0; i < COUNT; i++) {
      for (const writer of writers) await writer.acknowledged(20);
      const { node, firstAt } = await (i % 2 === 0 ? kill(rig) : rig.failover(PATIENT));
      for (const writer of writers) await writer.successAfter(firstAt);
      for (const writer of writers) await writer.acknowledged(20);
      expect(await missing(writers, node, firstAt)).toEqual([]);
      if (i < COUNT - 1) await rig.settled(PATIENT);
    }
    end.abort();
    expect(await reading).toEqual([]);
    for (const writer of writers) expect((await writer.stop()).surprises).toEqual([]);
  },
  60_000 * COUNT,
);
