/** Libraries of functions: the embedded server answers what the real one does. */
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Embedded, startEmbedded } from '../src/index.ts';
import { compare, type Pair } from './differential.ts';
import { RawClient } from './raw-client.ts';

let real: RedisServer;
let embedded: Embedded;
let pair: Pair;

beforeAll(async () => {
  real = await startRedis();
  embedded = await startEmbedded({ redis: true });
  pair = {
    theirs: await RawClient.open({ host: real.host, port: real.port }),
    ours: await RawClient.open(embedded.redis?.address as { host: string; port: number }),
  };
});
afterAll(async () => {
  await Promise.all([real?.stop(), embedded?.close()]);
});

const load = (code: string, name = 'lib', ...options: string[]): string[] => [
  'FUNCTION',
  'LOAD',
  ...options,
  `#!lua name=${name}\n${code}`,
];

/** A function `f` with this body. */
const one = (body: string): string => `redis.register_function('f', function(keys, args) ${body} end)`;

const asked = (version: string, commands: readonly (readonly string[])[]): readonly (readonly string[])[] => [
  ['HELLO', version],
  ['FUNCTION', 'FLUSH'],
  ...commands,
];

const first = [
  'x',
  '#!lua',
  '#!lua name=a',
  '#!lua\nx',
  '#!js name=a\nx',
  '#! name=a\nx',
  '#!lua name=a-b\nx',
  '#!lua name=\nx',
  '#!lua name=a name=b\nx',
  '#!lua name=a foo=b\nx',
  `#!LUA NAME=upper\n${one('return 1')}`,
];

const codes = [
  'x x',
  'return 1',
  'error("boom")',
  'redis.call("get", "x")',
  'redis.pcall("get", "x")',
  'local s = redis.setresp',
  'foo = 1',
  'KEYS = 1',
  'return foo',
  'math.x = 1',
  'redis.x = 1',
  'for k in pairs(redis) do end',
  '\n\nerror("third")',
  `redis.log(redis.LOG_NOTICE, redis.REDIS_VERSION) ${one('return 1')}`,
  'redis.register_function()',
  'redis.register_function("a")',
  'redis.register_function("a", function() end, 1)',
  'redis.register_function({})',
  'redis.register_function({}, function() end)',
  'redis.register_function("a", 1)',
  'redis.register_function("a-b", function() end)',
  'redis.register_function("", function() end)',
  'redis.register_function(5, function() end)',
  'redis.register_function("a", function() end) redis.register_function("a", function() end)',
  'redis.register_function{function_name="a"}',
  'redis.register_function{callback=function() end}',
  'redis.register_function{function_name="a", callback=1}',
  'redis.register_function{function_name={}, callback=function() end}',
  'redis.register_function{function_name="a", callback=function() end, flags="x"}',
  'redis.register_function{function_name="a", callback=function() end, flags={"x"}}',
  'redis.register_function{function_name="a", callback=function() end, flags={1}}',
  'redis.register_function{function_name="a", callback=function() end, other=1}',
  'redis.register_function{constructor=1}',
  'redis.register_function{__proto__={}}',
  'redis.register_function{toString=1}',
  'redis.register_function{function_name="a", callback=function() end, [1]=1}',
  'redis.register_function{function_name="a", callback=function() end, description={}}',
  'redis.register_function{FUNCTION_NAME=5, callback=function() end, description=7, flags={"no-cluster","no-writes"}}',
];

const bodies = [
  'return {#keys, #args, keys[1], args[2]}',
  'return KEYS',
  'return ARGV',
  'return foo',
  'x = 1',
  'return redis.call("set", keys[1], args[1])',
  'return redis.call("get", keys[1])',
  'return redis.call("incr")',
  'return redis.pcall("incr").err',
  'return redis.call("fcall", "f", 0)',
  'error("boom")',
  'error({err = "MY error"})',
  'return redis.error_reply("CODE text")',
  'return {ok = "fine"}',
  'return redis.register_function("g", function() end)',
  'return {type(pairs), type(math.random), type(cjson.encode), type(redis.sha1hex)}',
  'redis.setresp(3) return {redis.call("get", "none"), true}',
];

describe.each(['2', '3'])('the real server and the embedded one answer the same in RESP%s', (version) => {
  test('to libraries whose first line is right or wrong', async () => {
    await compare(pair, asked(version, [...first.map((code) => ['FUNCTION', 'LOAD', code]), ['FCALL', 'F', '0']]));
  });

  test('to libraries that register their functions in all ways, right and wrong', async () => {
    const commands = codes.flatMap((code) => [load(code, 'lib', 'REPLACE'), ['FUNCTION', 'LIST', 'WITHCODE']]);
    await compare(pair, asked(version, commands));
  });

  test('to functions that read, write, fail and reach for what they have not', async () => {
    const calls = bodies.flatMap((body) => [
      load(one(body), 'lib', 'REPLACE'),
      ['FCALL', 'f', '1', 'key', '1', 'x'],
      ['FCALL_RO', 'f', '1', 'key'],
      ['EVAL', 'return {KEYS, ARGV}', '1', 'k', 'a'],
      ['FCALL', 'f', '0'],
    ]);
    await compare(pair, asked(version, calls));
  });

  test('to functions that promise not to write', async () => {
    const readOnly = (body: string): string =>
      `redis.register_function{function_name='f', flags={'no-writes'}, callback=function(keys) ${body} end}`;
    const calls = ['return redis.call("get", keys[1])', 'return redis.call("set", keys[1], 1)'].flatMap((body) => [
      load(readOnly(body), 'lib', 'REPLACE'),
      ['FCALL_RO', 'f', '1', 'key'],
      ['FCALL', 'f', '1', 'key'],
    ]);
    await compare(pair, asked(version, calls));
  });

  test('to what becomes of libraries', async () => {
    await compare(
      pair,
      asked(version, [
        load(one('return 1')),
        load(one('return 2')),
        load(one('return 2'), 'lib', 'NOPE'),
        ['FUNCTION', 'LOAD', 'REPLACE'],
        load(one('return 2'), 'other'),
        load('x x', 'lib', 'REPLACE'),
        ['FCALL', 'f', '0'],
        load(one('return 2'), 'lib', 'replace'),
        ['FCALL', 'F', '0'],
        ['SCRIPT', 'FLUSH'],
        ['FLUSHALL'],
        ['FCALL', 'f', '0'],
        ['FUNCTION', 'LIST', 'LIBRARYNAME', 'L*'],
        ['FUNCTION', 'LIST', 'LIBRARYNAME', 'x*'],
        ['FUNCTION', 'LIST', 'LIBRARYNAME'],
        ['FUNCTION', 'LIST', 'x'],
        ['FUNCTION', 'LIST', 'WITHCODE', 'WITHCODE'],
        ['FUNCTION', 'STATS'],
        ['FUNCTION', 'KILL'],
        ['FUNCTION', 'NOSUCH'],
        ['MULTI'],
        ['FCALL', 'f', '0'],
        ['FUNCTION', 'DELETE', 'lib'],
        ['FCALL', 'f', '0'],
        ['EXEC'],
        ['FUNCTION', 'DELETE', 'lib'],
        ['FUNCTION', 'FLUSH', 'x'],
        ['FUNCTION', 'FLUSH', 'ASYNC', 'x'],
        ['FUNCTION', 'FLUSH', 'ASYNC'],
        ['FUNCTION', 'STATS'],
      ]),
    );
  });

  test('to calls that are wrong', async () => {
    const calls = ['FCALL', 'FCALL f', 'FCALL none 0', 'FCALL none x', 'FCALL f x', 'FCALL f -1', 'FCALL f 2 a'];
    const commands = calls.map((text) => text.split(' '));
    const keys = ['COMMAND', 'GETKEYS', 'FCALL', 'f', '2', 'a', 'b', 'c'];
    const inside = ['EVAL', 'return redis.call("fcall", "f", 0)', '0'];
    await compare(pair, asked(version, [load(one('return 1')), ...commands, keys, inside]));
  });
});

test('a library whose code does not end is stopped after the same time, with the same words', async () => {
  const endless = load('while true do end', 'lib', 'REPLACE');
  await compare(pair, asked('3', [load(one('return 1')), endless, ['FCALL', 'f', '0']]));
});
