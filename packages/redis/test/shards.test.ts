/** Behaviors 54 to 57: channels that belong to slots, on a cluster of one node. */
import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { waitFor } from '@kv/testkit/topology/wait';
import { describe, expect, it } from 'vitest';
import { createRedis, type Gap, type KvError, type Redis } from '../src/index.ts';

/** For servers of several tests at a time, on a machine that has other work. */
const PATIENT = { timeout: 20_000 };

// Side by side: a server that has just started waits two seconds before it serves as a cluster.
describe.concurrent.each([2, 3] as const)('channels of slots in RESP%i', (protocol) => {
  it('54: a channel of a slot is subscribed and left by itself, in a cluster', async () => {
    await using node = await clusterNode();
    await using client = createRedis(node.url, { protocol, ...PATIENT });
    await using one = await client.ssubscribe('one');
    const two = await client.ssubscribe('two');
    expect(await client.pubsubShardnumsub('one', 'two')).toEqual({ one: 1, two: 1 });
    await client.spublish('two', 'to two');
    await client.publish('one', 'not for shards');
    await client.spublish('one', 'to one');
    expect((await one.next()).value).toEqual({ channel: 'one', message: 'to one' });
    expect((await two.next()).value).toEqual({ channel: 'two', message: 'to two' });
    await two.close();
    expect(await client.pubsubShardnumsub('one', 'two')).toEqual({ one: 1, two: 0 });
  });

  it('55: a slot that leaves the node ends its subscription with what the server says', async () => {
    await using node = await clusterNode();
    await using client = createRedis(node.url, { protocol, ...PATIENT });
    await using stays = await client.ssubscribe('stays');
    const goes = await client.ssubscribe('goes');
    const reading = goes.next().catch((error: KvError) => error);
    const slot = await client.clusterKeyslot('goes');
    await client.execute('CLUSTER', 'DELSLOTS', slot);
    expect(await reading).toMatchObject({ code: 'REPLY', prefix: 'CLUSTERDOWN' });
    await client.execute('CLUSTER', 'ADDSLOTS', slot);
    await serving(client);
    await client.spublish('stays', 'still here');
    expect((await stays.next()).value).toMatchObject({ message: 'still here' });
    await using again = await client.ssubscribe('goes');
    await client.spublish('goes', 'back');
    expect((await again.next()).value).toMatchObject({ message: 'back' });
  });

  it('55: a slot that comes back at once is subscribed again, and the gap is told', async () => {
    await using node = await clusterNode('--cluster-require-full-coverage', 'no');
    await using client = createRedis(node.url, { protocol, ...PATIENT });
    await using news = await client.ssubscribe('goes');
    const gap = new Promise<Gap>((resolve) => news.on('gap', resolve));
    const slot = await client.clusterKeyslot('goes');
    const m = client.multi();
    void m.clusterDelslots(slot);
    void m.clusterAddslots(slot);
    await m.execute();
    expect(await gap).toEqual({ reason: 'moved' });
    expect(await client.spublish('goes', 'and is back')).toBe(1);
    expect((await news.next()).value).toMatchObject({ message: 'and is back' });
    const reading = news.next().catch((error: KvError) => error);
    await client.clusterDelslots(slot);
    expect(await reading).toMatchObject({ code: 'REPLY', prefix: 'CLUSTERDOWN' });
    await waitFor('the end of its connection', () => client.stats().connections.streams.size === 0 || undefined);
  });

  it('56: a node that dies and comes back has its channels of slots again, and the gap is told', async () => {
    await using node = await clusterNode();
    await using client = createRedis(node.url, { protocol, ...PATIENT, backoff: { min: 1, max: 20 } });
    await using news = await client.ssubscribe(['one', 'two']);
    const gap = new Promise<Gap>((resolve) => news.on('gap', resolve));
    await node.restart();
    expect(await gap).toEqual({ reason: 'reconnect' });
    for (const channel of ['one', 'two']) expect(await client.spublish(channel, `to ${channel}`)).toBe(1);
    expect((await news.next()).value).toEqual({ channel: 'one', message: 'to one' });
    expect((await news.next()).value).toEqual({ channel: 'two', message: 'to two' });
  });

  it('56: a channel of a slot that the node no longer has ends alone on the way back', async () => {
    await using node = await clusterNode();
    await using other = await clusterNode('--cluster-require-full-coverage', 'no');
    await using direct = createRedis(other.url, PATIENT);
    await direct.clusterDelslots(await direct.clusterKeyslot('goes'));
    await using proxy = await faultProxy(node);
    await using client = createRedis(`redis://127.0.0.1:${proxy.port}`, {
      protocol,
      ...PATIENT,
      backoff: { min: 1, max: 20 },
    });
    await using stays = await client.subscribe('stays');
    await using slot = await client.ssubscribe('stays');
    const gaps = [stays, slot].map((news) => new Promise<Gap>((resolve) => news.on('gap', resolve)));
    const goes = await client.ssubscribe('goes');
    const reading = goes.next().catch((error: KvError) => error);
    const lost = new Promise((resolve) => client.on('state', ({ to }) => to === 'reconnecting' && resolve(to)));
    proxy.target = other;
    proxy.cut();
    await lost;
    expect(await client.ping()).toBe('PONG'); // waited for the new line
    expect(await reading).toMatchObject({ code: 'REPLY', prefix: 'CLUSTERDOWN' });
    await Promise.all(gaps);
    await direct.publish('stays', 'heard');
    await direct.spublish('stays', 'heard too');
    expect((await stays.next()).value).toMatchObject({ message: 'heard' });
    expect((await slot.next()).value).toMatchObject({ message: 'heard too' });
  });

  it('a channel that is left and wanted again at once is subscribed once, and nothing was missed', async () => {
    await using node = await clusterNode();
    await using client = createRedis(node.url, { protocol, ...PATIENT });
    await using _other = await client.ssubscribe('other');
    await client.configResetstat();
    const left = (await client.ssubscribe('one')).close();
    await using news = await client.ssubscribe('one');
    const gaps: Gap[] = [];
    news.on('gap', (gap) => gaps.push(gap));
    await left;
    expect(await client.spublish('one', 'heard')).toBe(1);
    expect((await news.next()).value).toMatchObject({ message: 'heard' });
    expect(await client.info('commandstats')).toContain('cmdstat_ssubscribe:calls=2');
    expect(gaps).toEqual([]);
  });

  it('57: many channels of different slots on one node, in one call', async () => {
    await using node = await clusterNode();
    await using client = createRedis(node.url, { protocol, ...PATIENT });
    const channels = Array.from({ length: 50 }, (_, i) => `channel ${i}`);
    await using news = await client.ssubscribe(channels);
    for (const channel of channels) await client.spublish(channel, `to ${channel}`);
    for (const channel of channels) {
      expect((await news.next()).value).toEqual({ channel, message: `to ${channel}` });
    }
    await news.close();
    expect(await client.spublish('channel 1', 'x')).toBe(0);
  });
});

/** A cluster of one node, which has all slots. */
async function clusterNode(...more: readonly string[]): Promise<RedisServer> {
  const node = await startRedis({ args: ['--cluster-enabled', 'yes', ...more] });
  await using client = createRedis(node.url, PATIENT);
  await client.execute('CLUSTER', 'ADDSLOTSRANGE', 0, 16383);
  await serving(client);
  return node;
}

async function serving(node: Redis): Promise<void> {
  await waitFor('cluster_state:ok', async () => (await node.clusterInfo()).includes('cluster_state:ok') || undefined);
}
