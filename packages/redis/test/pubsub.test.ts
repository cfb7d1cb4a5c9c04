import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedis, type Gap, type KvError, type Message, type Redis } from '../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const publish = (redis: Redis, channel: string, message: string | Uint8Array): Promise<unknown> =>
  redis.execute('PUBLISH', channel, message);

describe.each([2, 3] as const)('subscriptions in RESP%i', (protocol) => {
  let redis: Redis;
  let other: Redis;
  /** How often the server ran a command since its counters were reset. */
  const calls = async (name: string): Promise<number> =>
    Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(await other.info('commandstats'))?.[1] ?? 0);

  beforeEach(() => {
    redis = createRedis(server.url, { protocol });
    other = createRedis(server.url);
  });
  afterEach(async () => {
    await redis.close();
    await other.close();
  });

  it('42: resolves when the server has confirmed: nothing published afterwards is missed', async () => {
    for (let round = 0; round < 20; round++) {
      await using news = await redis.subscribe([`round ${round}`, 'a']);
      expect(await publish(other, `round ${round}`, 'at once')).toBe(1);
      expect((await news.next()).value).toMatchObject({ message: 'at once' });
    }
  });

  it('47: messages come in the order in which they were published, over all channels', async () => {
    await using news = await redis.subscribe(['a', 'b']);
    for (let i = 0; i < 100; i++) await publish(other, i % 2 === 0 ? 'a' : 'b', String(i));
    const seen: Message[] = [];
    for await (const message of news) if (seen.push(message) === 100) break;
    expect(seen).toEqual(
      Array.from({ length: 100 }, (_, i) => ({ channel: i % 2 === 0 ? 'a' : 'b', message: String(i) })),
    );
    expect(news.closed).toBe(true);
  });

  it('48: commands go on beside them, on the same client', async () => {
    await using news = await redis.subscribe('a');
    await publish(redis, 'a', 'to myself');
    const m = redis.multi();
    void m.publish('a', 'from a transaction');
    void m.set('k', 'v');
    expect(await m.execute()).toEqual([1, 'OK']);
    expect([(await news.next()).value, (await news.next()).value]).toMatchObject([
      { message: 'to myself' },
      { message: 'from a transaction' },
    ]);
    expect(await redis.get('k')).toBe('v');
  });

  it('45: patterns, and channels of a slot', async () => {
    await using patterns = await redis.psubscribe(['a*', '*b']);
    await using shard = await redis.ssubscribe('shard');
    await publish(other, 'ab', 'both');
    await other.execute('SPUBLISH', 'shard', 'mine');
    const seen = [(await patterns.next()).value, (await patterns.next()).value];
    expect(seen).toEqual(
      expect.arrayContaining([
        { channel: 'ab', pattern: 'a*', message: 'both' },
        { channel: 'ab', pattern: '*b', message: 'both' },
      ]),
    );
    expect((await shard.next()).value).toEqual({ channel: 'shard', message: 'mine' });
  });

  it('43: two readers of a channel are one SUBSCRIBE, and both get every message', async () => {
    await other.configResetstat();
    const [one, two] = await Promise.all([redis.subscribe('a'), redis.subscribe('a')]);
    await using three = await redis.subscribe(['a', 'b']);
    await using four = await redis.subscribe(['b', 'a']);
    expect(await calls('subscribe')).toBe(2); // one for a, one for b
    expect(await publish(other, 'a', 'for all')).toBe(1);
    for (const reader of [one, two, three, four]) {
      expect((await reader.next()).value).toMatchObject({ message: 'for all' });
      await reader.close();
    }
  });

  it('44: the end of the last reader, and of no other, is UNSUBSCRIBE', async () => {
    const [one, two] = await Promise.all([redis.subscribe('a'), redis.subscribe('a')]);
    await other.configResetstat();
    await one.close();
    expect(await calls('unsubscribe')).toBe(0);
    await publish(other, 'a', 'for the second');
    expect((await two.next()).value).toMatchObject({ message: 'for the second' });
    expect((await one.next()).done).toBe(true);
    await two.close();
    expect(await calls('unsubscribe')).toBe(1);
    expect(await other.execute('PUBSUB', 'NUMSUB', 'a')).toEqual(['a', 0]);
  });

  it('46: binary payloads, for those who want bytes', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    await using raw = await redis.with({ bytes: true }).subscribe('a');
    await using text = await redis.subscribe('a');
    await publish(other, 'a', bytes);
    await publish(other, 'a', 'é');
    expect((await raw.next()).value?.message).toEqual(bytes);
    await text.next();
    expect((await text.next()).value?.message).toBe('é');
  });

  it('49: a value that looks like a message is a reply', async () => {
    await using _news = await redis.subscribe('a');
    await redis.rpush('list', 'message', 'a', 'fake');
    expect(await redis.lrange('list', 0, -1)).toEqual(['message', 'a', 'fake']);
    await redis.del('list');
  });

  it('listeners instead of a loop', async () => {
    await using news = await redis.subscribe('a');
    const heard = new Promise<Message>((resolve) => news.on('message', resolve));
    await publish(other, 'a', 'heard');
    expect(await heard).toEqual({ channel: 'a', message: 'heard' });
  });

  it('50: after a lost connection it is subscribed again before the commands of users that waited', async () => {
    await using proxy = await faultProxy(server);
    await using client = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol, timeout: 20_000 });
    const news = await client.subscribe('a');
    const gap = new Promise<Gap>((resolve) => news.on('gap', resolve));
    const lost = new Promise((resolve) => client.on('state', ({ to }) => to === 'reconnecting' && resolve(to)));
    for (const connection of proxy.connections) connection.cut();
    await lost;
    expect(await publish(client, 'a', 'right after')).toBe(1);
    expect(await gap).toEqual({ reason: 'reconnect' });
    expect((await news.next()).value).toMatchObject({ message: 'right after' });
    await news.close();
  });

  it('51: each reader hears once that messages may be missing', async () => {
    await using proxy = await faultProxy(server);
    await using client = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol, backoff: { min: 1, max: 5 } });
    await using news = await client.subscribe('a');
    await using patterns = await client.psubscribe('a*');
    const gaps: Gap[] = [];
    const told = [news, patterns].map(
      (reader) => new Promise<void>((resolve) => reader.on('gap', (gap) => resolve(void gaps.push(gap)))),
    );
    await publish(other, 'a', 'before');
    expect([(await news.next()).value?.message, (await patterns.next()).value?.message]).toEqual(['before', 'before']);
    await proxy.refuse();
    proxy.cut();
    while ((await other.pubsubNumpat()) > 0) await new Promise(setImmediate);
    await publish(other, 'a', 'missed');
    await proxy.accept();
    await Promise.all(told);
    expect(await publish(other, 'a', 'after')).toBe(2);
    expect([(await news.next()).value?.message, (await patterns.next()).value?.message]).toEqual(['after', 'after']);
    expect(gaps).toEqual([{ reason: 'reconnect' }, { reason: 'reconnect' }]);
  });

  it('48: all subscriptions share one dedicated connection, which ends with the last reader [#3]', async () => {
    const connections = async (): Promise<number> => (await other.clientList()).trim().split('\n').length - 1;
    await redis.connect();
    await other.connect();
    expect(await connections()).toBe(1);
    const news = await redis.subscribe('a');
    const more = await redis.psubscribe('b*');
    expect(await connections()).toBe(2);
    await news.close();
    await more.close();
    while ((await connections()) > 1) await new Promise(setImmediate);
    await expect(redis.execute('SUBSCRIBE', 'a')).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: expect.stringContaining('subscribe()'),
    });
  });

  it('50: a line that is lost again while it is being subscribed is made once more', async () => {
    let cuts = 4;
    await using proxy = await faultProxy(server);
    await using client = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol, backoff: { min: 1, max: 5 } });
    await client.connect();
    const handshake = proxy.connections[0]?.fromClient ?? 0;
    await using news = await client.subscribe(['a', 'b']);
    const gaps: Gap[] = [];
    const gap = new Promise<void>((resolve) => news.on('gap', (told) => resolve(void gaps.push(told))));
    // In the middle of SUBSCRIBE: behind the PING that asks RESP2's shared line.
    proxy.faults = () => (cuts-- > 0 ? { toServer: { cutAfter: handshake + 20 } } : {});
    proxy.cut();
    await gap;
    await publish(other, 'b', 'heard again');
    expect((await news.next()).value).toMatchObject({ message: 'heard again' });
    expect(gaps).toEqual([{ reason: 'reconnect' }]); // when it was confirmed, not with each attempt
  });

  it('a line that is lost before it has confirmed the first time is followed by the next', async () => {
    await using proxy = await faultProxy(server);
    await using client = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol, backoff: { min: 1, max: 5 } });
    await client.connect();
    const handshake = proxy.connections[0]?.fromClient ?? 0;
    let cuts = 4;
    proxy.faults = () => (cuts-- > 0 ? { toServer: { cutAfter: handshake + 20 } } : {});
    proxy.cut();
    await using news = await client.subscribe(['a', 'b']);
    expect(cuts).toBeLessThan(0);
    expect(await publish(other, 'b', 'heard')).toBe(1);
    expect((await news.next()).value).toMatchObject({ message: 'heard' });
  });

  it('61: a login that is refused on the way back ends the subscriptions with the reason', async () => {
    await using guarded = await startRedis();
    await using client = createRedis(guarded.url, { protocol });
    await using admin = createRedis(guarded.url);
    const news = await client.subscribe('a');
    const reading = news.next().catch((error: KvError) => error);
    await admin.configSet({ requirepass: 'new' });
    await admin.execute('CLIENT', 'KILL', 'TYPE', 'pubsub');
    expect(await reading).toMatchObject({ cause: { code: 'REPLY', prefix: 'NOAUTH' } });
  });

  it('52: closing while disconnected settles', async () => {
    await using proxy = await faultProxy(server);
    await using client = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol });
    const news = await client.subscribe('a');
    await proxy.refuse();
    for (const connection of proxy.connections) connection.cut();
    await news.close();
    expect((await news.next()).done).toBe(true);
  });

  it('close() of the client ends the loop', async () => {
    const news = await redis.subscribe('a');
    const reading = (async () => {
      for await (const _ of news);
      return 'ended';
    })();
    await redis.close();
    expect(await reading).toBe('ended');
  });

  it('no permission: rejects, and the client goes on', async () => {
    await using guarded = await startRedis({ users: ['reader on >pw ~* +@all resetchannels &open'] });
    await using client = createRedis(`redis://reader:pw@127.0.0.1:${guarded.port}`, { protocol });
    const refused = await client.subscribe('closed').catch((error: KvError) => error);
    expect(refused).toMatchObject({ code: 'REPLY', prefix: 'NOPERM' });
    await using open = await client.subscribe('open');
    await publish(client, 'open', 'fine');
    expect((await open.next()).value).toMatchObject({ message: 'fine' });
  });

  it('wrong options and names are refused before anything is sent', async () => {
    for (const [names, options] of [
      [[], {}],
      ['a', { buffer: 0 }],
      ['a', { overflow: 'explode' }],
      ['a', { overFlow: 'pause' }],
    ] as const) {
      await expect(redis.subscribe(names, options as never)).rejects.toMatchObject({ code: 'ARGUMENT' });
    }
  });
});
