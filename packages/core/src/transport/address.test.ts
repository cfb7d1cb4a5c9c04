import { describe, expect, it, test } from 'vitest';
import type { KvError } from '../errors.ts';
import { parseAddress, withTls } from './address.ts';

const rules = {
  scheme: 'redis',
  tlsScheme: 'rediss',
  aliases: { valkey: 'redis', valkeys: 'rediss', 'valkey+unix': 'redis+unix' },
  defaultPort: 6379,
};

describe('an address', () => {
  it.each([
    [undefined, { host: '127.0.0.1', port: 6379 }],
    ['redis://example.org', { host: 'example.org', port: 6379 }],
    ['redis://example.org:7000', { host: 'example.org', port: 7000 }],
    ['redis://', { host: '127.0.0.1', port: 6379 }],
    ['redis://[::1]:7000', { host: '::1', port: 7000 }],
    ['rediss://example.org', { host: 'example.org', port: 6379, tls: {} }],
    ['redis+unix:///run/my%20redis.sock', { path: '/run/my redis.sock' }],
    [new URL('redis://example.org:7001'), { host: 'example.org', port: 7001 }],
    [{ port: 7002 }, { host: '127.0.0.1', port: 7002 }],
    [
      { host: 'h', tls: true },
      { host: 'h', port: 6379, tls: {} },
    ],
    [
      { host: 'h', tls: false },
      { host: 'h', port: 6379 },
    ],
    [{ path: '/run/redis.sock' }, { path: '/run/redis.sock' }],
    [
      { path: '/run/redis.sock', tls: true },
      { path: '/run/redis.sock', tls: {} },
    ],
    ['valkey://h', { host: 'h', port: 6379 }],
    ['valkeys://h', { host: 'h', port: 6379, tls: {} }],
    ['valkey+unix:///run/x', { path: '/run/x' }],
    ['redis+unix:/run/x', { path: '/run/x' }],
    [{ href: 'redis://h:7003' }, { host: 'h', port: 7003 }],
  ])('%s', (input, address) => {
    expect(parseAddress(input, rules).address).toEqual(address);
  });

  it.each([
    ['redis://me:p%40ss%2Fword@h/2?a=1&b=x%20y', 'me', 'p@ss/word', '2'],
    ['redis://:secret@h', undefined, 'secret', undefined],
    ['redis+unix://me:secret@/run/x', 'me', 'secret', undefined],
    ['redis+unix://:secret@localhost/run/x?a=1', undefined, 'secret', undefined],
  ])('login and database of %s', (text, user, password, path) => {
    expect(parseAddress(text, rules)).toMatchObject({ user, password, ...(path === undefined ? {} : { path }) });
  });

  it('options of the query', () => {
    expect([...parseAddress('redis://h?a=1&b=x%20y', rules).query]).toEqual([
      ['a', '1'],
      ['b', 'x y'],
    ]);
  });

  it.each([
    ['embedded:', '', 'embedded:'],
    ['embedded:shared', 'shared', 'embedded:shared'],
    ['embedded:shared?timeout=1', 'shared', 'embedded:shared'],
  ])('%s', (input, embedded, text) => {
    expect(parseAddress(input, rules)).toMatchObject({ embedded, text });
  });

  it.each([
    ['redis://me:secret@[::1]:7000/3', '[::1]:7000'],
    ['redis+unix://me:secret@/run/x', '/run/x'],
  ])('is named without user and password: %s', (input, text) => {
    expect(parseAddress(input, rules).text).toBe(text);
  });

  it.each([
    'http://h',
    'not a url',
    'redis://h:0',
    'redis://h:99999',
    'redis://h#fragment',
    'redis://h?a=1&a=2',
    'redis://me:%zzsecret@h',
    'redis://h/%zz',
    'redis+unix:///run/%zz',
    'redis+unix://host/run/x',
    'redis+unix://',
    { host: '' },
    { port: 1.5 },
    { port: '6379' as unknown as number },
    { path: '' },
    { hots: 'h' } as never,
    { connect: 1 as never },
    null as never,
    5 as never,
  ])('that is wrong is an ArgumentError without the password: %s', (input) => {
    let error: unknown;
    try {
      parseAddress(input, rules);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
    expect((error as KvError).message).not.toContain('secret');
  });
});

describe('an address that names another server than it seems to is refused:', () => {
  it.each([
    'redis://127.0.0.1%00.good.example',
    'redis://127.0.0.1\n.good.example',
    'redis://me%0d@h',
    'redis://h/0%00',
    'redis+unix:///run/x%00y',
    'redis://127.0.0.1%2fgood.example',
    'redis://127.0.0.1%20.good.example',
    { host: '127.0.0.1\0.good.example' },
    { host: '127.0.0.1#' },
    { path: '/run/x\0' },
  ])('%j', (input) => {
    expect(() => parseAddress(input, rules)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
  });
});

it('a password may have any characters, also control characters, when these are percent-encoded [#44]', () => {
  expect(parseAddress('redis://:a%00%0a%20b@h', rules).password).toBe('a\0\n b');
});

describe('a message says what is meant:', () => {
  it.each([
    ['redis:h', /slashes behind redis: are missing; expected redis:\/\/host:port/],
    ['redis:me:secret@h', /slashes/],
    ['redi://h', /unknown scheme redi:.*did you mean redis\?/],
    ['valky://h', /did you mean valkey\?/],
    ['localhost:6379', /did you mean redis:\/\/host:port\?/],
    ['h', /expected redis:\/\/host:port/],
    [{ hots: 'h' } as never, /address.hots: unknown property; did you mean host\?/],
    [{ host: 'h', password: 'secret' } as never, /address.password: unknown property.*options are the second argument/],
    [{ host: 'h', path: '/run/x' }, /address.path: a host or port is given as well/],
    [{ host: 'h', tls: { rejectUnauthorised: false } } as never, /address.tls.rejectUnauthorised: .*did you mean/],
    [{ host: 'h', tls: { ca: '/etc/ca.pem' } }, /^address.tls.ca: expected the content of a file, got its path$/],
    [{ host: 'h', tls: { key: ['client.key'] } }, /^address.tls.key: expected the content of a file, got its path$/],
    [['redis://h'] as never, /expected a URL or an object/],
  ])('%j', (input, message) => {
    expect(() => parseAddress(input, rules)).toThrow(message);
    expect(() => parseAddress(input, rules)).not.toThrow(/secret/);
  });
});

describe('what an object only inherits is no part of an address', () => {
  it('of a prototype of its own', () => {
    const input = Object.create({ port: 1, tls: true }, { host: { value: 'h', enumerable: true } }) as object;
    expect(parseAddress(input, rules).address).toEqual({ host: 'h', port: 6379 });
  });

  it.each(['path', 'connect', 'href', 'tls'])('of Object.prototype: %s', (name) => {
    Object.defineProperty(Object.prototype, name, { value: '/evil', configurable: true });
    try {
      const { address } = parseAddress({ host: 'h' }, rules);
      expect(address).toMatchObject({ host: 'h', port: 6379 });
      expect((address as { tls?: unknown }).tls).toBeUndefined();
    } finally {
      Reflect.deleteProperty(Object.prototype, name);
    }
  });
});

test('a transport may be a class with the method connect', () => {
  class Own {
    connect(): Promise<never> {
      return Promise.reject(new Error('unused'));
    }
  }
  const own = new Own();
  expect(parseAddress(own, rules).address).toBe(own);
});

const tcp = { host: 'h', port: 1 };
const unix = { path: '/s' };
const own = { connect: () => Promise.reject(new Error('unused')) };
const ca = { ca: 'certificate' };

test.each([
  [tcp, undefined, tcp],
  [tcp, true, { ...tcp, tls: {} }],
  [tcp, ca, { ...tcp, tls: ca }],
  [{ ...tcp, tls: ca }, undefined, { ...tcp, tls: ca }],
  [{ ...tcp, tls: ca }, false, tcp],
  [unix, true, { ...unix, tls: {} }],
  [{ ...unix, tls: ca }, false, unix],
  [own, true, own],
])('%j with the option tls %j is %j', (address, tls, expected) => {
  expect(withTls(address, tls)).toEqual(expected);
});
