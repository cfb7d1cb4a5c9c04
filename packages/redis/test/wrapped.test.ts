import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { createRedis } from '../src/index.ts';

const wrappers = [
  ['a Proxy', <T extends object>(client: T): T => new Proxy(client, {})],
  ['Object.create', <T extends object>(client: T): T => Object.create(client) as T],
] as const;

it.each(wrappers)('%s around a client is used like the client [#42]', async (_name, wrap) => {
  await using redis = createRedis('embedded:');
  const wrapped = wrap(redis);
  expect(await wrapped.set('a', 1)).toBe('OK');

  expect([wrapped.state, wrapped.writable, wrapped.address]).toEqual([redis.state, true, redis.address]);
  await using news = await wrapped.subscribe('news');
  expect(await wrapped.publish('news', 'x')).toBe(1);
  await using session = await wrapped.session();
  expect(await wrap(session).get('a')).toBe('1');
  await news.close();
});

it('what is logged of a client has no login in it [#42]', async () => {
  const url = 'redis://user:hidden-word@127.0.0.1:1';
  await using client = createRedis(url);
  expect(inspect(client, { depth: 20 })).not.toContain('hidden-word');
  expect(JSON.stringify(client)).not.toContain('hidden-word');
});
