import { createRedis } from '@kv/redis';
import { afterEach, expect, test } from 'vitest';
import { startEmbedded } from '../src/index.ts';
import { RawClient } from './raw-client.ts';
import { request } from './resp-frames.ts';

let closing: { close(): Promise<void> } | undefined;
afterEach(() => closing?.close());

test('commands behind a script run after it, also when its interpreter is loaded for it', async () => {
  const started = await startEmbedded({ redis: true });
  closing = started;
  await using redis = createRedis(started.redis.address);
  const increment = (): Promise<unknown> => redis.execute('EVAL', 'return redis.call("incr", KEYS[1])', '1', 'n');
  expect(await Promise.all([increment(), redis.incr('n'), increment()])).toEqual([1, 2, 3]);
});

test('a script that does not end is stopped after lua-time-limit', async () => {
  const started = await startEmbedded({ redis: true });
  closing = started;
  await using redis = createRedis(started.redis.address);
  await redis.execute('EVAL', 'return 1', '0'); // the interpreter is loaded
  await redis.configSet({ 'lua-time-limit': '20' });
  await expect(redis.execute('EVAL', 'while true do end', '0')).rejects.toThrow('stopped after lua-time-limit (20 ms)');
  expect(await redis.execute('EVAL', 'return 1', '0')).toBe(1);
});

test.each([
  'while true do pcall(function() while true do end end) end',
  'while true do pcall(error) end',
  'local function again() while true do pcall(again) end end coroutine.wrap(again)()',
  'while true do redis.pcall("nosuch") end',
])('pcall does not keep a script alive whose time is over: %s', async (script) => {
  const started = await startEmbedded({ redis: true });
  closing = started;
  await using redis = createRedis(started.redis.address);
  await redis.execute('EVAL', 'return 1', '0'); // the interpreter is loaded
  await redis.configSet({ 'lua-time-limit': '20' });
  await expect(redis.execute('EVAL', script, '0')).rejects.toThrow('stopped after lua-time-limit (20 ms)');
  await redis.configSet({ 'lua-time-limit': '5000' });
  expect(await redis.execute('EVAL', 'local n = 0 for i = 1, 300000 do n = n + 1 end return n', '0')).toBe(300_000);
});

test('keys do not expire while a script runs', async () => {
  const started = await startEmbedded({ redis: true });
  closing = started;
  await using redis = createRedis(started.redis.address);
  const script = `
    redis.call('set', 'k', 1, 'px', 1)
    local start = redis.call('time')
    repeat local now = redis.call('time') until now[2] ~= start[2] and (now[1] - start[1]) * 1e6 + now[2] - start[2] > 3000
    return redis.call('get', 'k')`;
  expect(await redis.execute('EVAL', script, '0')).toBe('1');
  await expect.poll(() => redis.get('k'), { timeout: 20_000 }).toBeNull();
});

test('a table that holds itself does not end the connection', async () => {
  const started = await startEmbedded({ redis: true });
  closing = started;
  const line = await RawClient.open(started.redis.address);
  line.write(Buffer.concat([request(['EVAL', 'local t = {} t[1] = t return t', '0']), request(['PING'])]));
  const bytes = await line.take((got) => (got.toString('latin1').endsWith('+PONG\r\n') ? got.length : undefined));
  expect(bytes.toString('latin1')).toContain('-ERR reached lua stack limit\r\n');
});

test('a script on a node of a cluster reaches the keys of that node only', async () => {
  const started = await startEmbedded({ redis: { cluster: 2 } });
  closing = started;
  await using redis = createRedis(started.redis.address);
  const script = 'redis.call("set", KEYS[1], 1) return redis.pcall("get", ARGV[1])';
  expect(await redis.execute('EVAL', script, '1', '{a}1', '{a}1')).toBe('1');
  await expect(redis.execute('EVAL', script, '1', '{a}1', '{b}1')).rejects.toThrow('non local key in a cluster node');
});
