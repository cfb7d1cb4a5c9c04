/** What `console.log(client)` prints, and what is logged of it as JSON. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Cluster, type ClusterOptions, Redis } from '../src/index.ts';

const lazy = { lazyConnect: true, password: 'secret1', sentinelPassword: 'secret2' };
const kv = { password: 'secret3', sentinel: { password: 'secret4' }, connectTimeout: 77 };
const tls = { passphrase: 'secret5', key: 'secret6', pfx: Buffer.from('secret7'), servername: 'shop' };

describe.each<[string, () => Redis | Cluster]>([
  ['of options', () => new Redis({ host: 'h', port: 1, ...lazy, kv, tls })],
  ['of an address', () => new Redis('redis://:secret1@h:1/2?sentinelPassword=secret2', { lazyConnect: true })],
  ['of an address for the client under it', () => new Redis({ address: 'redis://u:secret@h:1', lazyConnect: true })],
  ['of the path of a socket', () => new Redis('/tmp/redis.sock', lazy)],
  ['of sentinels', () => new Redis({ sentinels: [{ host: 'h' }], name: 'main', ...lazy })],
  [
    'of a cluster',
    () => new Cluster(['redis://:secret@h:1'], { lazyConnect: true, redisOptions: { ...lazy, kv } } as ClusterOptions),
  ],
])('a client %s', (_, make) => {
  const client = make();

  it.each([0, 2, 9, null])('is printed without passwords to the depth %s, also inside of something else', (depth) => {
    for (const shown of [client, { list: [{ client }] }, client.pipeline()])
      expect(inspect(shown, { depth, showHidden: true, getters: true })).not.toMatch(/secret|115, 101, 99|73 65 63/);
  });

  it('has no passwords as JSON', () => {
    const logged = JSON.stringify({ client, batch: client.pipeline() });
    expect(logged).not.toContain('secret');
    expect(JSON.parse(logged)).toMatchObject({ client: { status: 'wait', options: { connectTimeout: 10_000 } } });
  });

  it('is printed with its class, status and options, and keeps its options as they are', () => {
    expect(inspect(client)).toMatch(/^(Redis|Cluster) \{\s+status: 'wait',.*options: \{.*connectTimeout: 10000/s);
    expect(inspect(client, { depth: -1 })).toMatch(/^\[(Redis|Cluster)\]$/);
    expect(JSON.stringify({ ...client.options })).toContain('secret');
  });
});

it('what is no secret is printed, so that two clients can be told apart', () => {
  const printed = inspect(new Redis('redis://u:p@shop:7000/3', { ...lazy, tls, kv }), { depth: 4 });
  for (const text of ["host: 'shop'", 'port: 7000', 'db: 3', "servername: 'shop'", 'connectTimeout: 77'])
    expect(printed).toContain(text);
  expect(inspect(new Cluster(['redis://u:p@shop:7000'], { lazyConnect: true }))).toContain("'shop:7000'");
});
