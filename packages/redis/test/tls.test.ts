import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedis, type KvError } from '../src/index.ts';

const settle = (call: Promise<unknown>): Promise<unknown> => call.catch((error: KvError) => error);

/** None where the server under test was built without TLS. */
let server: RedisServer | undefined;
let port: number;
let folder: string;
const file = (name: string): string => join(folder, name);
const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kv-tls-'));
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  for (const name of ['server', 'client', 'stranger']) {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.crt`),
      ...subject,
    );
  }
  port = await freePort();
  const tls = ['--tls-port', String(port), '--tls-cert-file', file('server.crt'), '--tls-key-file', file('server.key')];
  const trust = ['--tls-ca-cert-file', file('client.crt'), '--tls-auth-clients', 'yes'];
  server = await startRedis({ args: [...tls, ...trust] }).catch((error: Error) => {
    if (/TLS support|Bad directive/.test(error.message)) return undefined;
    throw error;
  });
}, 60_000);
beforeEach(({ skip }) => skip(server === undefined, 'this server was built without TLS'));
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const read = (name: string): string => readFileSync(file(name), 'utf8');

describe('TLS', () => {
  it('rediss: with an authority and a client certificate', async () => {
    const tls = { ca: read('server.crt'), cert: read('client.crt'), key: read('client.key') };
    await using redis = createRedis(`rediss://localhost:${port}`, { tls });
    const large = 'é'.repeat(500_000);
    expect(await redis.set('a', large)).toBe('OK');
    expect((await redis.get('a')) === large).toBe(true);
    const all = await Promise.all(Array.from({ length: 1000 }, (_, i) => redis.incrby('n', i)));
    expect(all.at(-1)).toBe(499_500);
  });

  it('a server that is not trusted is refused, with the cause', async () => {
    const tls = { cert: read('client.crt'), key: read('client.key') };
    await using redis = createRedis(`rediss://localhost:${port}`, { tls });
    const error = (await settle(redis.connect())) as KvError;
    expect(error).toMatchObject({ code: 'CONNECTION', outcome: 'notSent' });
    expect((error.cause as { code: string }).code).toMatch(/SELF_SIGNED/);
  });

  it('a name that the certificate does not have is refused, unless servername says which to expect', async () => {
    const tls = { ca: read('server.crt'), cert: read('client.crt'), key: read('client.key') };
    await using wrong = createRedis(`rediss://127.0.0.1:${port}`, { tls: { ...tls, servername: 'elsewhere' } });
    expect((await settle(wrong.connect())) as KvError).toMatchObject({
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
    await using right = createRedis(`rediss://127.0.0.1:${port}`, { tls: { ...tls, servername: 'localhost' } });
    expect(await right.ping()).toBe('PONG');
  });

  it('a client certificate that the server does not know is refused', async () => {
    const tls = { ca: read('server.crt'), cert: read('stranger.crt'), key: read('stranger.key') };
    await using redis = createRedis(`rediss://localhost:${port}`, { tls });
    expect(await settle(redis.connect())).toMatchObject({ code: 'CONNECTION' });
  });
});
