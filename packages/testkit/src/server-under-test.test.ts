import { afterEach, expect, test, vi } from 'vitest';
import { namedServer, namedServers, redisUnderTest } from './server-under-test.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  ['127.0.0.1:7000', 'redis://127.0.0.1:7000'],
  ['redis://:pw@localhost:7001', 'redis://:pw@localhost:7001'],
])('KV_TEST_REDIS=%s is used as it is', async (value, url) => {
  vi.stubEnv('KV_TEST_REDIS', value);
  const server = await redisUnderTest();
  expect(server).toMatchObject({ url, own: false });
  await server.stop();
});

test('the password of a URL is decoded', () => {
  vi.stubEnv('KV_TEST_SSDB', 'ssdb://:p%40ss@[::1]:8888');
  expect(namedServer('ssdb')).toMatchObject({ host: '[::1]', port: 8888, password: 'p@ss' });
});

test('several servers stand with commas between them, and suites of one server take the first', () => {
  vi.stubEnv('KV_TEST_SSDB', '127.0.0.1:1,ssdb://[::1]:2');
  expect(namedServers('ssdb')).toMatchObject([{ port: 1 }, { host: '[::1]', port: 2 }]);
  expect(namedServer('ssdb')).toMatchObject({ port: 1 });
  vi.stubEnv('KV_TEST_SSDB', '');
  expect(namedServers('ssdb')).toEqual([]);
});

test('without it a child is started', async () => {
  vi.stubEnv('KV_TEST_REDIS', '');
  await using server = await redisUnderTest();
  expect(server.own).toBe(true);
  expect(server.url).toBe(`redis://127.0.0.1:${server.port}`);
});

test('the others have no default', () => {
  vi.stubEnv('KV_TEST_SSDB', '');
  expect(namedServer('ssdb')).toBeUndefined();
  vi.stubEnv('KV_TEST_GIBSON', 'localhost');
  expect(() => namedServer('gibson')).toThrow('KV_TEST_GIBSON must name host and port');
});
