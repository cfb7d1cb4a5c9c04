/** Subscriptions in a real cluster. */
import { type Cluster, startCluster } from '@kv/testkit/topology/cluster';
import type { ClusterNode } from '@kv/testkit/topology/cluster-node';
import { waitFor } from '@kv/testkit/topology/wait';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedis, type Gap, type Redis, type Subscription } from '../../src/index.ts';
import { keySlot } from '../../src/topology/slot.ts';
import { namesAt, otherThanOwner, ownerOf } from './support.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ args: ['--notify-keyspace-events', 'KEA'] });
});
afterAll(() => cluster.close());

/** How many subscribers of its own a node counts for each name. */
async function counts(
  node: ClusterNode,
  command: 'NUMSUB' | 'SHARDNUMSUB',
  names: readonly string[],
): Promise<number[]> {
  const reply = (await node.ask('PUBSUB', command, ...names)) as (string | number)[];
  return reply.filter((_, i) => i % 2 === 1).map(Number);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Everything that a subscription gives. */
class Heard {
  readonly messages: string[] = [];
  readonly gaps: Gap['reason'][] = [];

  constructor(subscription: Subscription) {
    subscription.on('message', ({ channel, message }) => this.messages.push(`${channel} ${message}`));
    subscription.on('gap', ({ reason }) => this.gaps.push(reason));
  }

  /** Publishes until it is heard: what is published while nobody has subscribed is lost. */
  async until(text: string, publish: () => Promise<unknown>): Promise<void> {
    await waitFor(text, async () => {
      await publish();
      return this.messages.includes(text) || undefined;
    });
  }
}

describe.each([2, 3] as const)('subscriptions in a cluster, RESP%i', (protocol) => {
  const open = (): Redis => createRedis(cluster.url, { protocol });

  it('names that are not UTF-8 are channels of the slot of their bytes, and drain() loses no message', async () => {
    await using redis = open();
    const names = Array.from({ length: 10 }, (_, i) => Uint8Array.of(0xff, protocol, i));
    const news = await redis.ssubscribe(names);
    const heard = new Set<number | undefined>();
    news.on('message', ({ channelBytes }) => heard.add(channelBytes?.[2]));
    expect(await Promise.all(names.map((name) => redis.spublish(name, 'x')))).toEqual(names.map(() => 1));
    await news.drain();
    expect(heard).toEqual(new Set(names.map((_, i) => i)));
  });

  it('channels and patterns are on one connection to one primary, and hear what is published anywhere [#163]', async () => {
    await using redis = open();
    const names = Array.from({ length: 20 }, (_, i) => `channel-${protocol}-${i}`);
    const news = new Heard(await redis.subscribe(names));
    const like = new Heard(await redis.psubscribe(`channel-${protocol}-*`));
    const subscribers = await Promise.all(cluster.nodes.map((node) => counts(node, 'NUMSUB', names)));
    const busy = cluster.nodes.filter((_, i) => sum(subscribers[i] as number[]) > 0);
    expect(busy.map(({ role }) => role)).toEqual(['primary']);
    expect(await Promise.all(cluster.nodes.map((node) => node.ask('PUBSUB', 'NUMPAT')))).toEqual(
      cluster.nodes.map((node) => (node === busy[0] ? 1 : 0)),
    );
    for (const [i, node] of cluster.nodes.entries()) await node.ask('PUBLISH', names[i] as string, `from ${i}`);
    const expected = cluster.nodes.map((_, i) => `${names[i]} from ${i}`);
    await waitFor('messages', () => (news.messages.length >= 6 && like.messages.length >= 6) || undefined);
    expect(news.messages.toSorted()).toEqual(expected);
    expect(like.messages.toSorted()).toEqual(expected);
    expect(redis.stats().connections.streams.size).toBe(1);
  });

  it('channels whose connection is lost are subscribed again, and a gap is told [#163]', async () => {
    await using redis = open();
    const news = new Heard(await redis.subscribe(`lost-${protocol}`));
    await Promise.all(cluster.primaries.map((node) => node.ask('CLIENT', 'KILL', 'TYPE', 'pubsub')));
    await news.until(`lost-${protocol} again`, () => redis.publish(`lost-${protocol}`, 'again'));
    expect(news.gaps).toEqual(['reconnect']);
  });

  it('each channel of a slot is on the primary of its slot, however many are asked for at once [#164]', async () => {
    await using redis = open();
    const names = Array.from({ length: 60 }, (_, i) => `shard-${protocol}-${i}`);
    const news = await redis.ssubscribe(names);
    const heard = new Heard(news);
    for (const node of cluster.nodes) {
      const own = await counts(node, 'SHARDNUMSUB', names);
      expect(own).toEqual(names.map((name) => (node.serves(keySlot(name)) ? 1 : 0)));
    }
    await Promise.all(names.map((name) => redis.spublish(name, 'hello')));
    await waitFor('messages', () => heard.messages.length >= 60 || undefined);
    expect(heard.messages.toSorted()).toEqual(names.map((name) => `${name} hello`).toSorted());
    await news.close();
    const left = await Promise.all(cluster.nodes.map((node) => counts(node, 'SHARDNUMSUB', names)));
    expect(sum(left.flat())).toBe(0);
  });

  it('a channel follows its slot to another server, and a gap is told [#165] [#166]', async () => {
    await using redis = open();
    const [name, beside] = namesAt(cluster.primaries[0] as ClusterNode, `moving-${protocol}-`, 2) as [string, string];
    const moving = new Heard(await redis.ssubscribe(name));
    const staying = new Heard(await redis.ssubscribe(beside));
    for (let round = 0; round < 3; round++) {
      const target = await otherThanOwner(cluster, name);
      await cluster.moveSlot(keySlot(name), target);
      await moving.until(`${name} ${round}`, () => redis.spublish(name, round));
      expect(await counts(target, 'SHARDNUMSUB', [name])).toEqual([1]);
    }
    expect(moving.gaps).toEqual(['moved', 'moved', 'moved']);
    expect(staying.gaps).toEqual([]);
    await redis.spublish(beside, 'still here');
    await waitFor('message', () => staying.messages.length > 0 || undefined);
  });

  it('100 channels in 50 slots are heard again when their slots have moved, one after the other [#165] [#166]', async () => {
    await using redis = open();
    const tags = Array.from({ length: 50 }, (_, i) => `{many-${protocol}-${i}}`);
    const names = tags.flatMap((tag) => [`${tag}a`, `${tag}b`]);
    const heard = new Heard(await redis.ssubscribe(names));
    for (const tag of tags.slice(0, 10)) await cluster.moveSlot(keySlot(tag), await otherThanOwner(cluster, tag));
    for (const name of names) await heard.until(`${name} again`, () => redis.spublish(name, 'again'));
    expect(new Set(heard.gaps)).toEqual(new Set(['moved']));
  });

  it('a channel that is left while its slot moves is left, and calls get their own replies [#167]', async () => {
    await using redis = open();
    const name = `leaving-${protocol}`;
    const keys = Array.from({ length: 30 }, (_, i) => `{${name}}:${i}`);
    await Promise.all(keys.map((key) => redis.set(key, `value of ${key}`)));
    for (let round = 0; round < 3; round++) {
      const news = await redis.ssubscribe(name);
      const moved = cluster.moveSlot(keySlot(name), await otherThanOwner(cluster, name));
      const values = Promise.all(keys.map((key) => redis.get(key)));
      await Promise.all([news.close(), moved]);
      expect(await values).toEqual(keys.map((key) => `value of ${key}`));
    }
    const left = await Promise.all(cluster.nodes.map((node) => counts(node, 'SHARDNUMSUB', [name])));
    expect(sum(left.flat())).toBe(0);
  });

  it('{ everywhere: true } hears the keyspace events of all primaries [#170]', async () => {
    await using redis = open();
    const events = new Heard(await redis.subscribe('__keyevent@0__:set', { everywhere: true }));
    const keys = Array.from({ length: 30 }, (_, i) => `event-${protocol}-${i}`);
    await Promise.all(keys.map((key) => redis.set(key, 1)));
    await waitFor('events', () => events.messages.length >= 30 || undefined);
    expect(events.messages.toSorted()).toEqual(keys.map((key) => `__keyevent@0__:set ${key}`).toSorted());
    expect(redis.stats().connections.streams.size).toBe(3);
    const expired = new Heard(await redis.subscribe('__keyevent@0__:expired', { everywhere: true }));
    // A time that is over when the server runs the command deletes the key, which is another event.
    await Promise.all(keys.map((key) => redis.pexpire(key, 1000)));
    await waitFor('events', () => expired.messages.length >= 30 || undefined);
    expect(expired.messages.toSorted()).toEqual(keys.map((key) => `__keyevent@0__:expired ${key}`).toSorted());
  });

  it('a channel of a slot cannot be subscribed everywhere [#170]', async () => {
    await using redis = open();
    await expect(redis.ssubscribe('a', { everywhere: true })).rejects.toMatchObject({ code: 'ARGUMENT' });
  });

  it('a server that is lost costs its own channels only, and they go on at its successor [#165] [#169] [#170] [#102]', async () => {
    await using redis = open();
    const dead = await ownerOf(cluster, `dead-${protocol}`);
    const alive = await otherThanOwner(cluster, `dead-${protocol}`);
    const lost = namesAt(dead, `of-dead-${protocol}-`, 40);
    const kept = namesAt(alive, `of-alive-${protocol}-`, 10);
    const [key] = namesAt(dead, `key-${protocol}-`, 1) as [string];
    const ofDead = new Heard(await redis.ssubscribe(lost));
    const ofAlive = new Heard(await redis.ssubscribe(kept));
    const events = new Heard(await redis.subscribe('__keyevent@0__:set', { everywhere: true }));
    await cluster.kill(dead);
    await Promise.all(kept.map((name) => redis.spublish(name, 'meanwhile')));
    await waitFor('messages of others', () => ofAlive.messages.length >= 10 || undefined);
    const { node } = await cluster.waitForPromotion(dead);
    for (const name of lost)
      await ofDead.until(`${name} back`, () => redis.with({ timeout: 0 }).spublish(name, 'back'));
    expect(sum(await counts(node, 'SHARDNUMSUB', lost))).toBe(40);
    await events.until(`__keyevent@0__:set ${key}`, () => redis.with({ timeout: 0 }).set(key, 1));
    expect([...new Set(ofDead.gaps)]).toEqual(['moved']);
    expect([...new Set(events.gaps)]).toEqual(['moved']);
    expect(ofAlive.gaps).toEqual([]);
    await cluster.restart(dead);
    await cluster.settled();
  });
});
