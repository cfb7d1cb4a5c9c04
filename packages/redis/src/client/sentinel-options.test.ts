import { describe, expect, it } from 'vitest';
import { type RedisClientOptions, readClientOptions, readConnectionOptions, readPoolOptions } from './options.ts';

const URL = 'redis+sentinel://user:secret@s1,s2:26380/main/3';

describe('options of sentinels', () => {
  it('takes user and password of the primary, never of the sentinels, from the front of the URL [#190]', () => {
    const { login, topology, options } = readClientOptions<RedisClientOptions>(URL, {});
    expect(login).toMatchObject({ db: 3, credentials: { username: 'user', password: 'secret' } });
    expect(topology).toMatchObject({ kind: 'sentinel', name: 'main' });
    expect(options.sentinel).toBeUndefined();
  });

  it('takes user and password of the sentinels from the query, and lets the option win [#190]', () => {
    const url = `${URL}?sentinelUser=watch&sentinelPassword=other&protocol=2`;
    expect(readClientOptions<RedisClientOptions>(url, {}).options.sentinel).toEqual({
      username: 'watch',
      password: 'other',
    });
    const given = readClientOptions<RedisClientOptions>(url, { sentinel: { password: 'third', name: 'me' } });
    expect(given.options.sentinel).toEqual({ username: 'watch', password: 'third', name: 'me' });
    expect(given.options.protocol).toBe(2);
  });

  it.each([
    [{ username: 'u' }, /^sentinel\.password: a user is given without a password$/],
    [{ password: 'p', credentials: { password: 'q' } }, /^sentinel\.credentials: a password is given as well$/],
    [{ pasword: 'p' }, /^sentinel\.pasword: unknown option/],
    [{ tls: 'yes' }, /^sentinel\.tls: expected/],
    [5, /^sentinel: expected an object$/],
  ])('refuses %j [#190]', (sentinel, message) => {
    expect(() => readClientOptions(URL, { sentinel: sentinel as object })).toThrow(message);
  });

  it.each([['redis://h'], ['redis+cluster://h']])(
    'refuses the option where the address %s names no sentinels [#190]',
    (address) => {
      expect(() => readClientOptions(address, { sentinel: { password: 'p' } })).toThrow(
        /^sentinel: the address names no sentinels$/,
      );
    },
  );

  it('refuses sentinels and clusters for pools and raw connections, which lead to one server', () => {
    expect(() => readPoolOptions(URL, {})).toThrow(
      /^address: createPool connects to one server and takes no sentinels; use createRedis$/,
    );
    expect(() => readConnectionOptions('redis+cluster://h', {})).toThrow(
      /^address: createConnection connects to one server and takes no servers of a cluster; use createRedis$/,
    );
    expect(() => readConnectionOptions({ sentinels: ['h'], name: 'main' } as object, {})).toThrow(/takes no sentinels/);
  });
});
