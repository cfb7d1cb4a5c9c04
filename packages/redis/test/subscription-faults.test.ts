/** What happens to subscriptions beside large replies, hostile servers, closing clients and full queues. */

import type { ScriptedPeer } from '@kv/testkit';
import { scriptedServer } from '@kv/testkit';
import { faultProxy } from '@kv/testkit/fault-proxy';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedis, type Gap, type KvError, type Message } from '../src/index.ts';
import { runProgram } from './run-program.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** The words of the next command. */
async function take(peer: ScriptedPeer): Promise<string[]> {
  let words: string[] = [];
  await peer.expect((arrived) => {
    const parts = Buffer.from(arrived).toString('latin1').split('\r\n');
    const count = Number(parts[0]?.slice(1));
    if (parts.length < 2 * count + 2) return undefined;
    words = Array.from({ length: count }, (_, i) => parts[2 * i + 2] ?? '');
    return parts.slice(0, 2 * count + 1).join('\r\n').length + 2;
  });
  return words;
}

type Answer = (words: string[], peer: ScriptedPeer) => Promise<void> | void;

/** Answers the handshake and PING; everything else is for the test. */
function speaks(answer: Answer): (peer: ScriptedPeer) => Promise<void> {
  return async (peer: ScriptedPeer): Promise<void> => {
    while (!peer.over) {
      const words = await take(peer).catch(() => undefined);
      if (words === undefined) return;
      const [name] = words;
      if (name === 'HELLO') await peer.reply('%2\r\n$2\r\nid\r\n:7\r\n$5\r\nproto\r\n:3\r\n');
      else if (name === 'CLIENT') await peer.reply(words[1] === 'ID' ? ':7\r\n' : '+OK\r\n');
      else if (name === 'PING') await peer.reply('+PONG\r\n');
      else await answer(words, peer);
    }
  };
}

describe.each([2, 3] as const)('subscriptions in RESP%i', (protocol) => {
  /** A push of RESP3, an array of RESP2. */
  const push = (...parts: (string | number)[]): string =>
    `${protocol === 3 ? '>' : '*'}${parts.length}\r\n${parts
      .map((part) => (typeof part === 'number' ? `:${part}\r\n` : `$${Buffer.byteLength(part)}\r\n${part}\r\n`))
      .join('')}`;

  it('change nothing for large replies [#3]', async () => {
    await using redis = createRedis(server.url, { protocol, timeout: 60_000 });
    const gaps: Gap[] = [];
    await using news = await redis.subscribe('x');
    news.on('gap', (gap) => gaps.push(gap));
    await redis.set('large', 'v'.repeat(40_000_000));
    await redis.set('medium', 'v'.repeat(64_000));
    expect((await redis.get('large'))?.length).toBe(40_000_000);
    const values = await Promise.all(Array.from({ length: 1000 }, () => redis.get('medium')));
    expect(new Set(values.map((value) => value?.length))).toEqual(new Set([64_000]));
    await redis.publish('x', 'still there');
    expect((await news.next()).value).toMatchObject({ message: 'still there' });
    expect(gaps).toEqual([]);
    await redis.del('large', 'medium');
  });

  it('give messages that come with the confirmation to a listener [#4]', async () => {
    await using scripted = await scriptedServer(
      speaks(async ([name, channel = ''], peer) => {
        if (name === 'SUBSCRIBE')
          await peer.reply(
            push('message', channel, 'early') + push('subscribe', channel, 1) + push('message', channel, 'first'),
          );
        else await peer.reply(push('unsubscribe', channel, 0));
      }),
    );
    await using redis = createRedis(`redis://127.0.0.1:${scripted.port}`, { protocol });
    await using news = await redis.subscribe('a');
    const heard: Message[] = [];
    news.on('message', (message) => heard.push(message));
    await turn();
    expect(heard.map(({ message }) => message)).toEqual(['first']); // and not what came before the confirmation
  });

  it('an unasked end of a shard channel that crosses SUNSUBSCRIBE shifts no reply [#2]', async () => {
    await using scripted = await scriptedServer(
      speaks(async ([name, channel = ''], peer) => {
        if (name === 'SSUBSCRIBE') await peer.reply(push('ssubscribe', channel, 1));
        else if (name === 'SUNSUBSCRIBE')
          await peer.reply(`${push('sunsubscribe', channel, 0)}-MOVED 1 127.0.0.1:1\r\n`);
        else if (name === 'SUBSCRIBE')
          await peer.reply(push('subscribe', channel, 1) + push('message', channel, 'hello'));
        else if (name === 'GET') await peer.reply(`$1\r\n${channel}\r\n`);
        else await peer.reply(push('unsubscribe', channel, 0));
      }),
    );
    await using redis = createRedis(`redis://127.0.0.1:${scripted.port}`, { protocol });
    const gaps: Gap[] = [];
    const shard = await redis.ssubscribe('s');
    const [, news, ...values] = await Promise.all([
      shard.close(),
      redis.subscribe('c'),
      ...['a', 'b', 'c'].map((key) => redis.get(key)),
    ]);
    news.on('gap', (gap) => gaps.push(gap));
    expect(values).toEqual(['a', 'b', 'c']);
    expect((await news.next()).value).toEqual({ channel: 'c', message: 'hello' });
    await news.close();
    expect(gaps).toEqual([]);
  });

  it('a flood of unasked ends asks for the channel once [#40]', async () => {
    const asked: string[] = [];
    await using scripted = await scriptedServer(
      speaks(async ([name = '', channel = ''], peer) => {
        asked.push(name);
        if (asked.length === 1) {
          await peer.reply(push('ssubscribe', channel, 1));
          await peer.reply(push('sunsubscribe', channel, 0).repeat(50_000));
          if (protocol === 3) await peer.reply(push('__proto__', channel, 0) + push('constructor', channel, 0)); // RESP2 has no pushes
        } else if (name === 'SSUBSCRIBE')
          await peer.reply(push('ssubscribe', channel, 1) + push('smessage', channel, 'back'));
        else await peer.reply(push('sunsubscribe', channel, 0));
      }),
    );
    await using redis = createRedis(`redis://127.0.0.1:${scripted.port}`, { protocol });
    const news = await redis.ssubscribe('s');
    const gap = new Promise<Gap>((resolve) => news.on('gap', resolve));
    expect(await gap).toEqual({ reason: 'moved' });
    expect((await news.next()).value).toEqual({ channel: 's', message: 'back' });
    expect(asked.length).toBeLessThan(100);
    expect(scripted.peers).toHaveLength(2); // the shared connection, and the one that was flooded
    await news.close();
  });

  it('bad bytes while they are subscribed again end that connection, and no subscription [#36]', async () => {
    let round = 0;
    await using scripted = await scriptedServer(
      speaks(async ([name, channel = ''], peer) => {
        if (name !== 'SUBSCRIBE') return peer.reply(push('unsubscribe', channel, 0));
        round++;
        if (round === 2) return peer.reply('not RESP\r\n');
        await peer.reply(push('subscribe', channel, 1) + push('message', channel, `round ${round}`));
        if (round === 1) peer.reset();
      }),
    );
    const backoff = { min: 1, max: 5 };
    await using redis = createRedis(`redis://127.0.0.1:${scripted.port}`, { protocol, backoff });
    const told: unknown[] = [];
    const news = await redis.subscribe('a');
    news.on('gap', (gap) => told.push(gap.reason)).on('message', ({ message }) => told.push(message));
    while (told.at(-1) !== 'round 3') await turn();
    expect(told).toEqual(['round 1', 'reconnect', 'round 3']); // the gap comes before the next message
    await news.close();
  });

  it('a channel that is left and wanted again gets nothing from before [#36]', async () => {
    let round = 0;
    await using scripted = await scriptedServer(
      speaks(async ([name, channel = ''], peer) => {
        if (name === 'SUBSCRIBE' && round++ === 0) await peer.reply(push('subscribe', channel, 1));
        else if (name === 'SUBSCRIBE')
          await peer.reply(push('subscribe', channel, 1) + push('message', channel, 'after'));
        else await peer.reply(push('message', channel, 'before') + push('unsubscribe', channel, 0));
      }),
    );
    await using redis = createRedis(`redis://127.0.0.1:${scripted.port}`, { protocol });
    const first = await redis.subscribe('a');
    void first.close();
    const second = await redis.subscribe('a');
    expect((await second.next()).value).toMatchObject({ message: 'after' });
    await second.close();
  });

  it('closing the client while one is made ends the call and the process [#16]', async () => {
    const program = runProgram(`
      import { createServer } from 'node:net';
      import { createRedis } from '@kv/redis';
      let connections = 0;
      const answers = { HELLO: '%1\\r\\n$2\\r\\nid\\r\\n:7\\r\\n', CLIENT: '+OK\\r\\n', PING: '+PONG\\r\\n' };
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (bytes) => {
          const text = String(bytes);
          if (text.includes('SUBSCRIBE')) { server.close(); for (const other of sockets) other.destroy(); return; }
          for (const [, name] of text.matchAll(/\\r\\n(HELLO|CLIENT|PING)\\r\\n/g)) socket.write(answers[name]);
        });
      });
      const sockets = new Set();
      server.on('connection', (socket) => sockets.add(socket));
      server.listen(0, '127.0.0.1', async () => {
        const redis = createRedis('redis://127.0.0.1:' + server.address().port, { protocol: ${protocol}, backoff: { min: 1, max: 5 } });
        redis.on('state', async ({ to }) => {
          if (to !== 'reconnecting') return;
          const get = redis.get('k').catch((error) => console.log('get', error.code));
          await redis.close({ timeout: 50 });
          await get;
          console.log('closed');
        });
        await redis.connect();
        await redis.subscribe('a').catch((error) => console.log(error.command, error.code));
      });
    `);
    const [code, said] = await program.end;
    expect(said.split('\n').toSorted()).toEqual(['SUBSCRIBE CLOSED', 'closed', 'get CLOSED']);
    expect(code).toBe(0);
  });

  it('on a closed client say what was called [#35]', async () => {
    const redis = createRedis(server.url, { protocol });
    await redis.close();
    for (const [call, command] of [
      ['subscribe', 'SUBSCRIBE'],
      ['psubscribe', 'PSUBSCRIBE'],
      ['ssubscribe', 'SSUBSCRIBE'],
    ] as const)
      expect(await settle(redis[call]('a'))).toMatchObject({ code: 'CLOSED', command, outcome: 'notSent' });
  });

  it('do not end when the queue of the client is full [#18]', async () => {
    await using proxy = await faultProxy(server);
    const backoff = { min: 1, max: 5 };
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol, backoff, maxQueueBytes: 200 });
    await using news = await redis.subscribe('queue');
    const gap = new Promise<Gap>((resolve) => news.on('gap', resolve));
    await proxy.refuse();
    proxy.cut();
    while (redis.state !== 'reconnecting') await turn();
    const waiting = Array.from({ length: 5 }, () => settle(redis.get('k')));
    await turn();
    await proxy.accept();
    expect(await gap).toEqual({ reason: 'reconnect' });
    expect((await Promise.all(waiting)).at(-1)).toMatchObject({ code: 'QUEUE_FULL' });
  });

  it('need no right to PING [#43]', async () => {
    await using guarded = await startRedis({ users: ['reader on >pw ~* +@all -ping allchannels'] });
    await using redis = createRedis(`redis://reader:pw@127.0.0.1:${guarded.port}`, { protocol });
    const shard = await redis.ssubscribe('s');
    await using news = await redis.subscribe('a');
    await shard.close();
    await redis.publish('a', 'heard');
    expect((await news.next()).value).toMatchObject({ message: 'heard' });
  });

  it('wait for one signal with one listener, however many there are [#43]', async () => {
    const warnings: Error[] = [];
    const listener = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listener);
    await using proxy = await faultProxy(server);
    await using redis = createRedis(`redis://127.0.0.1:${proxy.port}`, { protocol });
    await redis.connect();
    proxy.stall();
    const { signal, abort } = ((controller) => ({ signal: controller.signal, abort: () => controller.abort() }))(
      new AbortController(),
    );
    const calls = Array.from({ length: 20 }, (_, i) => settle(redis.with({ signal }).subscribe(`c${i}`)));
    await turn();
    abort();
    expect(new Set((await Promise.all(calls)).map((error) => (error as KvError).code))).toEqual(new Set(['ABORTED']));
    proxy.resume();
    await turn();
    process.off('warning', listener);
    expect(warnings).toEqual([]);
  });

  it('end with the deadline of their call on a server that is silent [#19]', async () => {
    await using proxy = await faultProxy(server);
    const url = `redis://127.0.0.1:${proxy.port}`;
    await using redis = createRedis(url, { protocol, timeout: 1000, liveness: { idle: 60_000, grace: 60_000 } });
    const closed = await redis.subscribe('a');
    await redis.connect();
    proxy.stall();
    const later = settle(redis.with({ timeout: 30_000 }).get('k')).then(() => 'later');
    expect(await Promise.race([closed.close(), later])).toBeUndefined();
    expect(closed.closed).toBe(true);
    proxy.resume();
    await later;
  });

  it('refuse unknown events [#35]', async () => {
    await using redis = createRedis(server.url, { protocol });
    await using news = await redis.subscribe('a');
    for (const target of [redis, news] as { on(event: string, listener: () => void): unknown }[])
      expect(() => target.on('mesage', () => undefined)).toThrow(
        expect.objectContaining({ code: 'ARGUMENT', message: expect.stringContaining('mesage') }),
      );
  });
});
