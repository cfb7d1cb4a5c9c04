/** What a cache makes of replies and invalidations in an order that only a scripted server can bring about. */
import { array, bulk, error, ok, push } from '@kv/testkit/topology/resp-text';
import { type Answer, ScriptedNode, type ScriptedRequest } from '@kv/testkit/topology/scripted-node';
import { afterEach, describe, expect, test } from 'vitest';
import { createRedis, type Redis } from '../../src/index.ts';
import { until } from './support.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Scene {
  readonly node: ScriptedNode;
  readonly redis: Redis;
  readonly cached: Redis;
  /** The commands of callers so far, CLIENT CACHING included. */
  asked(): string[];
}

const invalidated = (...keys: readonly string[]): string =>
  push(bulk('invalidate'), keys.length > 0 ? array(...keys.map(bulk)) : '_\r\n');

/** A client of a server that answers GET as the test says. */
async function scene(get: (count: number, request: ScriptedRequest) => Answer, options: object = {}): Promise<Scene> {
  const node = new ScriptedNode(0);
  await node.start();
  open.push(() => node.stop());
  let count = 0;
  node.answer = (request) => {
    if (request.name === 'GET' || request.name === 'SET') return get(request.name === 'GET' ? ++count : count, request);
    return undefined;
  };
  const redis = createRedis(`redis://${node.address}`, { cache: {}, ...options });
  open.push(() => redis.close({ timeout: 0 }));
  await redis.connect();
  const asked = (): string[] =>
    node.requests
      .map(({ name, args }) => [name, ...args].join(' '))
      .filter((line) => /^(GET|SET|CLIENT CACHING|CLIENT TRACKING|PTTL|PING)/.test(line));
  return { node, redis, cached: redis.cached(), asked };
}

test('CLIENT CACHING YES stands right before each read that is to be kept, and nowhere else [#195]', async () => {
  const { redis, cached, asked } = await scene(() => bulk('v'));
  await Promise.all([redis.get('a'), cached.get('b'), redis.get('c'), cached.get('d')]);
  expect(asked().filter((line) => !line.startsWith('PING'))).toEqual([
    'CLIENT TRACKING ON OPTIN',
    'GET a',
    'CLIENT CACHING YES',
    'GET b',
    'GET c',
    'CLIENT CACHING YES',
    'GET d',
  ]);
});

describe('an invalidation while a read is under way', () => {
  test('that comes right before the reply lets the caller have it, and keeps nothing [#108] [#196]', async () => {
    const { redis, cached } = await scene((count) => (count === 1 ? invalidated('k') : '') + bulk(`v${count}`));
    expect([await cached.get('k'), await cached.get('k'), await cached.get('k')]).toEqual(['v1', 'v2', 'v2']);
    expect(redis.stats().cache).toMatchObject({ refused: 1, stored: 1, hits: 1 });
  });

  test('that comes right behind the reply, in the same packet, ends it before anybody reads it [#108] [#196]', async () => {
    const { cached } = await scene((count) => bulk(`v${count}`) + (count === 1 ? invalidated('k') : ''));
    expect([await cached.get('k'), await cached.get('k')]).toEqual(['v1', 'v2']);
  });

  test('of everything, by the server, keeps nothing either [#196]', async () => {
    const { cached } = await scene((count) => (count === 1 ? invalidated() : '') + bulk(`v${count}`));
    expect([await cached.get('k'), await cached.get('k'), await cached.get('k')]).toEqual(['v1', 'v2', 'v2']);
  });

  test('by an own write keeps nothing, and later reads do not join the earlier one [#196] [#197]', async () => {
    let release: (text: string) => void = () => undefined;
    const first = new Promise<string>((resolve) => {
      release = resolve;
    });
    const { redis, cached } = await scene((count, { name }) =>
      name === 'SET' ? ok : count === 1 ? first : bulk(`v${count}`),
    );
    const early = cached.get('k');
    const written = redis.set('k', 'x');
    const late = cached.get('k');
    release(bulk('v1'));
    expect([await early, await written, await late]).toEqual(['v1', 'OK', 'v2']);
    expect(redis.stats().cache).toMatchObject({ misses: 2, joined: 0 });
  });

  test('by an own write on another connection ends what was read before its answer, without a push [#197]', async () => {
    let release: (text: string) => void = () => undefined;
    const answered = new Promise<string>((resolve) => {
      release = resolve;
    });
    const { node, redis, cached } = await scene((count, { name }) => (name === 'SET' ? answered : bulk(`v${count}`)));
    await using session = await redis.session();
    const written = session.set('k', 'x');
    await node.asked('SET');
    expect([await cached.get('k'), await cached.get('k')]).toEqual(['v1', 'v1']);
    release(ok);
    await written;
    expect(await cached.get('k')).toBe('v2');
  });

  test('of other keys changes nothing', async () => {
    const { cached } = await scene((count) => invalidated('x', 'y') + bulk(`v${count}`));
    expect([await cached.get('k'), await cached.get('k')]).toEqual(['v1', 'v1']);
  });
});

describe('a read that several wait for', () => {
  function held(): { readonly first: Promise<string>; release(text: string): void } {
    let release: (text: string) => void = () => undefined;
    const first = new Promise<string>((resolve) => {
      release = resolve;
    });
    return { first, release: (text) => release(text) };
  }

  test('goes on when the caller that sent it gives up, and each caller has its own deadline and signal [#198]', async () => {
    const { first, release } = held();
    const { node, redis, cached } = await scene((count) => (count === 1 ? first : bulk(`v${count}`)));
    const stop = new AbortController();
    const leader = cached.with({ signal: stop.signal }).get('k');
    const short = cached.with({ timeout: 40 }).get('k');
    const other = new AbortController();
    const aborted = cached.with({ signal: other.signal }).get('k');
    const patient = [cached.get('k'), cached.get('k')];
    await node.asked('GET');
    await expect(short).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: 'GET timed out after 40 ms (waited for the same read of another call)',
    });
    other.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    stop.abort();
    await expect(leader).rejects.toMatchObject({ code: 'ABORTED' });
    await node.asked('GET', 2);
    release(bulk('v1'));
    expect(await Promise.all(patient)).toEqual(['v2', 'v2']);
    expect(await cached.get('k')).toBe('v2');
    expect(redis.stats().cache).toMatchObject({ misses: 2, joined: 4, stored: 1 });
    expect(redis.stats().pending).toBe(0);
  });

  test('gives its error to all, and the next call asks again [#198]', async () => {
    const { cached } = await scene((count) => (count === 1 ? error('WRONGTYPE no text') : bulk('v')));
    const calls = [cached.get('k'), cached.get('k'), cached.get('k')];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'REPLY', prefix: 'WRONGTYPE' });
    expect(await cached.get('k')).toBe('v');
  });

  test('is ended for all by close()', async () => {
    const { cached, redis } = await scene(() => new Promise(() => undefined));
    const calls = Promise.allSettled([cached.get('k'), cached.get('k'), cached.mget('a', 'b'), cached.mget('b')]);
    await redis.close({ timeout: 20 });
    for (const call of await calls) expect(call).toMatchObject({ status: 'rejected', reason: { code: 'CLOSED' } });
    await expect(cached.get('k')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('is sent again once on a new connection when its own is lost, and kept there [#202] [#207]', async () => {
    const { redis, cached, asked } = await scene((count, request) => {
      if (count > 1) return bulk('v');
      request.reset();
      return '';
    });
    const calls = Array.from({ length: 10 }, () => cached.get('k'));
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['v']));
    expect(await cached.get('k')).toBe('v');
    expect(asked().filter((line) => line === 'GET k').length).toBeLessThanOrEqual(3);
    expect(redis.stats().cache).toMatchObject({ state: 'on' });
  });
});

test('a reply behind a CLIENT CACHING that a busy server refused is not kept, later ones are [#205]', async () => {
  const { node, redis, cached } = await scene((count) => bulk(`v${count}`));
  const { answer } = node;
  let isBusy = true;
  node.answer = (request) => {
    if (request.args[0] === 'CACHING' && isBusy) return error('BUSY a script runs');
    return answer(request);
  };
  expect([await cached.get('k'), await cached.get('k')]).toEqual(['v1', 'v2']);
  isBusy = false;
  expect([await cached.get('k'), await cached.get('k')]).toEqual(['v3', 'v3']);
  expect(redis.stats().cache).toMatchObject({ state: 'on', hits: 1 });
});

test('an invalidation of another form than expected ends everything', async () => {
  const { node, redis, cached } = await scene((count) => bulk(`v${count}`));
  await cached.get('k');
  for (const odd of [push(bulk('invalidate')), push(bulk('invalidate'), array(':1\r\n')), push(':1\r\n', ':2\r\n')]) {
    node.push(odd);
    await redis.ping();
  }
  expect(await cached.get('k')).toBe('v2');
  expect(redis.stats().cache).toMatchObject({ hits: 0, flushes: 2 });
});

test('with exactExpiry a change between the read and the question for its expiry keeps nothing [#200]', async () => {
  const { node, redis, cached } = await scene((count) => bulk(`v${count}`), { cache: { exactExpiry: true } });
  const { answer } = node;
  let changed = true;
  node.answer = (request) => {
    if (request.name !== 'PTTL') return answer(request);
    const text = `${changed ? invalidated('k') : ''}:100000\r\n`;
    changed = false;
    return text;
  };
  expect([await cached.get('k'), await cached.get('k'), await cached.get('k')]).toEqual(['v1', 'v2', 'v2']);
  expect(redis.stats().cache).toMatchObject({ stored: 1, hits: 1 });
});

test('with exactExpiry a reply whose expiry is not known yet is no hit while its connection is in doubt [#200] [#202]', async () => {
  const { node, cached } = await scene((count) => bulk(`v${count}`), {
    cache: { exactExpiry: true },
    liveness: { idle: 60, grace: 20 },
  });
  const { answer } = node;
  let release: (text: string) => void = () => undefined;
  const expiry = new Promise<string>((resolve) => {
    release = resolve;
  });
  node.answer = (request) => (request.name === 'PTTL' ? expiry : answer(request));
  expect([await cached.get('k'), await cached.get('k')]).toEqual(['v1', 'v1']);
  const end = Date.now() + 150;
  while (Date.now() < end); // asleep
  const call = cached.get('k');
  release(':-1\r\n');
  expect(await call).not.toBe('v1');
});

test('a silent connection gives no hits once it should have been heard, and its end drops all [#202]', async () => {
  const { node, redis, cached } = await scene((count) => bulk(`v${count}`), { liveness: { idle: 30, grace: 30 } });
  expect([await cached.get('k'), await cached.get('k')]).toEqual(['v1', 'v1']);
  const { answer } = node;
  node.answer = () => ''; // it says nothing any more
  await until(() => redis.stats().cache?.entries === 0);
  node.answer = answer;
  expect(await cached.get('k')).toBe('v2');
});

test('after the process was asleep nothing is a hit before the probe is answered [#202]', async () => {
  const { node, redis, cached } = await scene((count) => bulk(`v${count}`), { liveness: { idle: 60, grace: 20 } });
  await cached.get('k');
  await cached.get('k');
  expect(redis.stats().cache).toMatchObject({ hits: 1 });
  const { answer } = node;
  node.answer = (request) => (request.name === 'PING' ? `${invalidated('k')}+PONG\r\n` : answer(request));
  const end = Date.now() + 150;
  while (Date.now() < end); // asleep
  expect(await cached.get('k')).toBe('v2');
  expect(redis.stats().cache).toMatchObject({ hits: 1 });
});
