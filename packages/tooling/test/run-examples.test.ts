import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbedded } from '@kv/embedded';
import { createRedis } from '@kv/redis';
import { type RedisServer, startRedis } from '@kv/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { documentedExamples, type Example, examplesIn } from '../src/check-examples.ts';
import { repository } from '../src/published-entries.ts';
import { removeModules, runExample, withClients, withServers } from '../src/run-examples.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  await redis.stop();
  removeModules();
});

/** Runs an example on empty servers, without what it prints. */
async function run(example: Example): Promise<string[]> {
  await using embedded = await startEmbedded({ ssdb: { port: 0 }, gibson: { port: 0 } });
  await using client = createRedis(redis.url);
  await client.flushall();
  const prints = (['log', 'warn', 'info'] as const).map((name) => vi.spyOn(console, name).mockReturnValue());
  try {
    return await runExample(example, {
      redis: redis.port,
      ssdb: embedded.ssdb.port ?? 0,
      gibson: embedded.gibson.port ?? 0,
    });
  } finally {
    for (const print of prints) print.mockRestore();
  }
}

const runCode = (code: string): Promise<string[]> => run({ at: 'A.md:10', code });

const documented = documentedExamples();

describe('the examples of all READMEs and of docs/ do what their comments say', () => {
  const runnable = documented.filter(({ noRun }) => noRun === undefined);
  it.each(runnable.map((example) => [example.at, example] as const))('%s', async (_, example) => {
    expect(await run(example)).toEqual([]);
  });
});

it('few examples are not run, and those say why', () => {
  const left = documented.filter(({ noRun }) => noRun !== undefined);
  expect(left.filter(({ noRun }) => !noRun?.startsWith('needs '))).toEqual([]);
  expect(left.length).toBeLessThan(documented.length / 8);
  expect(examplesIn('```ts no-run: needs a server\nx\n```\n', 'A.md')).toEqual([
    { at: 'A.md:1', code: 'x\n', noRun: 'needs a server' },
  ]);
});

it('a page says what the clients are that its examples do not make', () => {
  const pages = documented.filter(({ code }) => withClients(code) !== code).map(({ at }) => at.replace(/:.*/, ''));
  const silent = [...new Set(pages)].filter(
    (page) => !readFileSync(join(repository, page), 'utf8').includes('In the examples'),
  );
  expect(silent).toEqual([]);
});

describe('running an example', () => {
  it('finds the comment that does not say what came out, with its place', async () => {
    const code = `await redis.set('a', 1); // 'OK'\nawait redis.incr('a'); // 3, a number\n`;
    expect(await runCode(code)).toEqual(['A.md:12 says 3, a number, but gives 2']);
  });

  it.each([
    ['text', `await redis.get('a'); // null when there is none`],
    ['a list', `await redis.mget(['a', 'b']); // [null, null]`],
    ['an object', `await redis.hset('h', { a: 1 });\nawait redis.hgetall('h'); // { a: '1' }, without a prototype`],
    ['a Map', `await ssdb.set('a', 1);\nawait ssdb.multiGet('a', 'b'); // Map { 'a' => '1' }`],
    ['a variable', `const n = await gibson.inc('n'); // 1`],
    ['the argument of console.log', `console.log([await redis.get('a'), 2]); // [null, 2]`],
    ['words', `await redis.get('a'); // whatever it is`],
  ])('understands %s', async (_, code) => {
    expect(await runCode(code)).toEqual([]);
  });

  it('a comment behind a statement that was never reached is wrong', async () => {
    expect(await runCode(`if (await redis.get('a')) {\n  await redis.incr('a'); // 1\n}`)).toEqual([
      'A.md:12 says 1, but gives undefined',
    ]);
  });

  it('fails with the error of the example', async () => {
    await expect(runCode(`await redis.set('a', 'x');\nawait redis.incr('a');`)).rejects.toThrow('not an integer');
  });
});

it('addresses and missing clients are put in', () => {
  const ports = { redis: 1, ssdb: 2, gibson: 3 };
  const code = `createRedis('redis://user:secret@localhost:6379/0'); createSsdb(); connect(6379, 'x');`;
  expect(withServers(code, ports)).toBe(
    `createRedis('redis://127.0.0.1:1'); createSsdb('ssdb://127.0.0.1:2'); connect(1, 'x');`,
  );
  expect(withClients('await redis.get(1)')).toContain('await using redis = redisClient(');
  expect(withClients("import { x } from '@kv/redis';\nawait using redis = x();")).toMatch(/^import/);
  expect(withClients("const { redis } = servers.redis; import 'rate-limit-redis';")).not.toContain('using redis');
  expect(withClients("import 'rate-limit-redis';")).not.toContain('using redis');
});
