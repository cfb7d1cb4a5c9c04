import type { KvError } from '@kv/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSeveralHosts } from './cluster-address.ts';
import { endpointText } from './host.ts';

describe('an address with several hosts', () => {
  it.each<[string, string]>([
    ['redis+cluster://h1:7000,h2', 'h1:7000,h2:6379'],
    ['redis+cluster://h1', 'h1:6379'],
    ['redis+cluster://', '127.0.0.1:6379'],
    ['redis+cluster:///', '127.0.0.1:6379'],
    ['redis+cluster:///0', '127.0.0.1:6379'],
    ['redis+cluster://h1,h2/0?timeout=5', 'h1:6379,h2:6379'],
    ['REDIS+CLUSTER://h1', 'h1:6379'],
    ['redis+cluster://[::1]:7000,[2001:db8::1],10.0.0.1:7001', '[::1]:7000,[2001:db8::1]:6379,10.0.0.1:7001'],
    ['redis+cluster://h1:7000,h2:7000,h1:7000', 'h1:7000,h2:7000'],
    ['redis+cluster://gr%C3%B6%C3%9Fe.example', 'größe.example:6379'],
    ['redis+cluster://user:secret@h1,h2', 'h1:6379,h2:6379'],
    ['redis+sentinel://s1,s2:26380/mymaster', 's1:26379,s2:26380'],
    ['redis+sentinel:///mymaster', '127.0.0.1:26379'],
  ])('%s', (address, hosts) => {
    const { seeds = [], text } = parseSeveralHosts(address) ?? {};
    expect(seeds.map(({ host, port }) => endpointText(host, port)).join()).toBe(hosts);
    expect(text).toBe(hosts);
  });

  it.each([
    ['redis+cluster://h', 'cluster', false],
    ['rediss+cluster://h', 'cluster', true],
    ['redis+sentinel://h/m', 'sentinel', false],
    ['rediss+sentinel://h/m', 'sentinel', true],
  ])('%s', (address, kind, tls) => {
    expect(parseSeveralHosts(address)).toMatchObject({ kind, tls });
  });

  it.each<[string, string | undefined, string | undefined]>([
    ['redis+cluster://user:p%40s%2Fs%3Aw%2C@h1,h2', 'user', 'p@s/s:w,'],
    ['redis+cluster://us%40er:a:b@h', 'us@er', 'a:b'],
    ['redis+cluster://:secret@h', undefined, 'secret'],
    ['redis+cluster://user@h', 'user', undefined],
    ['redis+cluster://u:a@b@h', 'u', 'a@b'],
    ['redis+cluster://@h', undefined, undefined],
    ['redis+cluster://h', undefined, undefined],
  ])('%s has the login %s %s', (address, user, password) => {
    const { user: foundUser, password: foundPassword } = parseSeveralHosts(address) ?? {};
    expect([foundUser, foundPassword]).toEqual([user, password]);
  });

  it('of sentinels names the primary, its database and options', () => {
    const address = 'redis+sentinel://user:pw@s1,s2:26379/my%20name/3?sentinelUser=a%26b&timeout=5';
    const { name, db, query } = parseSeveralHosts(address) ?? {};
    expect([name, db, Object.fromEntries(query ?? [])]).toEqual(['my name', 3, { sentinelUser: 'a&b', timeout: '5' }]);
  });

  it.each(['redis://h', 'rediss://h:1', 'redis+unix:///run/x', 'embedded:', 'redis+cluster:h', '', 'h1,h2'])(
    '%s is none',
    (address) => {
      expect(parseSeveralHosts(address)).toBeUndefined();
    },
  );

  const noHost = (position: number): string =>
    `address: host ${position} is not a host, host:port or [IPv6 address]:port`;

  it.each([
    ['redis+cluster://h1,,h2', noHost(2)],
    ['redis+cluster://h1,', noHost(2)],
    ['redis+cluster://,h1', noHost(1)],
    ['redis+cluster://:7000', noHost(1)],
    ['redis+cluster://h1, h2', noHost(2)],
    ['redis+cluster://h1,::1', noHost(2)],
    ['redis+cluster://[::1', noHost(1)],
    ['redis+cluster://[h]:7000', noHost(1)],
    ['redis+cluster://[::1]7000', noHost(1)],
    ['redis+cluster://h1%2Fx', noHost(1)],
    ['redis+cluster://h1:0', 'address: host 1 has no port from 1 to 65535'],
    ['redis+cluster://h1,h2:70000', 'address: host 2 has no port from 1 to 65535'],
    ['redis+cluster://h1:', 'address: host 1 has no port from 1 to 65535'],
    ['redis+cluster://h1:7e3', 'address: host 1 has no port from 1 to 65535'],
    ['redis+cluster://user:sec/ret@h1', 'address: host 1 has no port from 1 to 65535'],
    ['redis+cluster://127.0.0.1%00.example', 'address: the host 1 has control characters'],
    ['redis+cluster://h1,h\n2', 'address: the host 2 has control characters'],
    ['redis+cluster://us%0Aer:secret@h', 'address: the user has control characters'],
    ['redis+sentinel://h/na%7Fme', 'address: the name of the primary has control characters'],
    ['redis+cluster://h%zz', 'address: the host 1 is not correctly percent-encoded'],
    ['redis+cluster://user:sec%ret@h', 'address: the password is not correctly percent-encoded'],
    ['redis+cluster://h/1', 'address: a cluster has no database other than 0'],
    ['redis+cluster://h/x', 'address: expected the number of a database after the slash'],
    ['redis+cluster://h/0/1', 'address: expected the number of a database after the slash'],
    ['redis+sentinel://h', 'address: expected the name of the primary after the sentinels: /name'],
    ['redis+sentinel://h/', 'address: expected the name of the primary after the sentinels: /name'],
    ['redis+sentinel://h/m/x', 'address: expected the number of a database after the slash'],
    ['redis+cluster://h?timeout=5&timeout=6', 'address: option timeout is given twice'],
    ['redis+cluster://h#x', 'address: a URL of a server has no #fragment'],
  ])('%j is refused', (address, message) => {
    expect(() => parseSeveralHosts(address)).toThrow(expect.objectContaining({ code: 'ARGUMENT', message }));
  });

  it('gives back user, password, hosts and name as they were, whatever they are', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text));
    const port = fc.integer({ min: 1, max: 65_535 });
    const hosts = fc.uniqueArray(fc.domain(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(word, word, word, hosts, port, (user, password, name, seeds, first) => {
        const login = [user, password].map(encodeURIComponent).join(':');
        const list = seeds.map((host) => `${host}:${first}`).join();
        const parsed = parseSeveralHosts(`redis+sentinel://${login}@${list}/${encodeURIComponent(name)}`);
        expect(parsed).toMatchObject({ user, password, name, seeds: seeds.map((host) => ({ host, port: first })) });
      }),
    );
  });

  it('is never refused with a raw error, and never with its password', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'h:@,/?#[]%0 \0é1='.split('')), maxLength: 20 });
    fc.assert(
      fc.property(noise, noise, (before, behind) => {
        const { code, message } = refusalOf(`redis+cluster://${before}hunter2${behind}`) ?? { code: 'ARGUMENT' };
        expect([code, message?.includes('hunter2') ?? false]).toEqual(['ARGUMENT', false]);
      }),
    );
  });
});

function refusalOf(address: string): { readonly code?: string; readonly message?: string } | undefined {
  try {
    parseSeveralHosts(address);
    return undefined;
  } catch (error) {
    return error as KvError;
  }
}
