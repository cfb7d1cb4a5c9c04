/** Behavior 71: every form of an address reaches the server that it names, as the user and in the database it names. */
import { symlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AddressInput, createConnection, createPool, createRedis, type RedisOptions } from '../src/index.ts';

const USER = 'us/er:@é';
const PASSWORD = 'p@ss:/?#%é word';
const USERS_PASSWORD = 's:e/c@r?e#t%é';
const LOGIN = `${encodeURIComponent(USER)}:${encodeURIComponent(USERS_PASSWORD)}`;
const HAS_IPV6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

interface Servers {
  readonly tcp: RedisServer;
  readonly unix: RedisServer;
}

let servers: Servers;
beforeAll(async () => {
  const guard = { password: PASSWORD, users: [`${USER} on >${USERS_PASSWORD} ~* &* +@all`] };
  const bind = ['--bind', '127.0.0.1', ...(HAS_IPV6 ? ['::1'] : [])];
  const [tcp, unix] = await Promise.all([
    startRedis({ ...guard, args: bind }),
    startRedis({ ...guard, unixSocket: true }),
  ]);
  symlinkSync(unix.path as string, join(unix.folder, 'with space.sock'));
  servers = { tcp, unix };
});
afterAll(() => Promise.all([servers.tcp.stop(), servers.unix.stop()]));

type Form = readonly [
  what: string,
  address: (servers: Servers) => readonly [AddressInput, Pick<RedisOptions, 'username' | 'password' | 'db'>?],
  user: string,
  db: number,
];

const FORMS: readonly Form[] = [
  ['user, password, database', ({ tcp }) => [`redis://${LOGIN}@127.0.0.1:${tcp.port}/3`], USER, 3],
  ['password alone', ({ tcp }) => [tcp.url], 'default', 0],
  ['name of a host, database in the query', ({ tcp }) => [`redis://${LOGIN}@localhost:${tcp.port}?db=5`], USER, 5],
  ['URL object', ({ tcp }) => [new URL(`redis://${LOGIN}@127.0.0.1:${tcp.port}/7`)], USER, 7],
  [
    'host and port',
    ({ tcp: { host, port } }) => [
      { host, port },
      { password: PASSWORD, db: 4 },
    ],
    'default',
    4,
  ],
  [
    'credentials as options',
    ({ tcp: { port } }) => [{ port }, { username: USER, password: USERS_PASSWORD, db: 1 }],
    USER,
    1,
  ],
  ['unix socket', ({ unix }) => [unix.url], 'default', 0],
  [
    'unix socket with a coded path, user and database',
    ({ unix }) => [`redis+unix://${LOGIN}@${unix.folder}/with%20space.sock?db=6`],
    USER,
    6,
  ],
  ['path', ({ unix }) => [{ path: unix.path as string }, { password: PASSWORD, db: 2 }], 'default', 2],
];

const IPV6_FORMS: readonly Form[] = [
  ['IPv6', ({ tcp }) => [`redis://${LOGIN}@[::1]:${tcp.port}/2`], USER, 2],
  ['IPv6 as host', ({ tcp: { port } }) => [{ host: '::1', port }, { password: PASSWORD }], 'default', 0],
];

describe.each([2, 3] as const)('addresses in RESP%i', (protocol) => {
  const reaches = async (_what: string, form: Form[1], user: string, db: number): Promise<void> => {
    const [address, options] = form(servers);
    await using redis = createRedis(address, { ...options, protocol });
    expect(await redis.aclWhoami()).toBe(user);
    expect(await redis.clientInfo()).toContain(` db=${db} `);
  };

  it.each(FORMS)('71: %s', reaches);

  // A machine without IPv6 has no such address to reach.
  it.skipIf(!HAS_IPV6).each(IPV6_FORMS)('71: %s', reaches);
});

it('clients, pools and connections say where they send to, without user and password', async () => {
  for (const [url, shown] of [
    [`redis://${LOGIN}@127.0.0.1:${servers.tcp.port}/2`, `127.0.0.1:${servers.tcp.port}`],
    [servers.unix.url, servers.unix.path],
  ] as const) {
    await using redis = createRedis(url);
    await using pool = await createPool(url);
    await using connection = await createConnection(url);
    for (const { address } of [redis, redis.with({ timeout: 1 }), pool, connection]) expect(address).toBe(shown);
  }
  expect(createRedis().address).toBe('127.0.0.1:6379');
});
