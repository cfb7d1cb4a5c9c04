import { describe, expect, it } from 'vitest';
import { readClientOptions } from './options.ts';

const P = { port: 6379 };

describe('71: addresses', () => {
  it.each([
    [undefined, { host: '127.0.0.1', ...P }, {}],
    ['redis://', { host: '127.0.0.1', ...P }, {}],
    ['redis://localhost', { host: 'localhost', ...P }, {}],
    ['redis://localhost:7000', { host: 'localhost', port: 7000 }, {}],
    ['redis://localhost:7000/', { host: 'localhost', port: 7000 }, { db: 0 }],
    ['redis://localhost/15', { host: 'localhost', ...P }, { db: 15 }],
    ['redis://localhost?db=3', { host: 'localhost', ...P }, { db: 3 }],
    ['redis://localhost/3?db=3', { host: 'localhost', ...P }, { db: 3 }],
    ['redis://[::1]:7000/1', { host: '::1', port: 7000 }, { db: 1 }],
    ['redis://[2001:db8::7]', { host: '2001:db8::7', ...P }, {}],
    ['redis://:secret@h', { host: 'h', ...P }, { credentials: { password: 'secret' } }],
    ['redis://u:p@h', { host: 'h', ...P }, { credentials: { username: 'u', password: 'p' } }],
    [
      'redis://us%40er:p%40ss%3A%2F%3F%23%25%C3%A9@h/2',
      { host: 'h', ...P },
      { db: 2, credentials: { username: 'us@er', password: 'p@ss:/?#%é' } },
    ],
    ['redis://h?name=a-b&protocol=2', { host: 'h', ...P }, { name: 'a-b', resp: 2 }],
    ['rediss://h', { host: 'h', ...P, tls: {} }, {}],
    ['redis+unix:///tmp/redis.sock', { path: '/tmp/redis.sock' }, {}],
    ['redis+unix:///tmp/a%20b.sock?db=4', { path: '/tmp/a b.sock' }, { db: 4 }],
    ['redis+unix://:p@/tmp/redis.sock', { path: '/tmp/redis.sock' }, { credentials: { password: 'p' } }],
    [{ host: 'h' }, { host: 'h', ...P }, {}],
    [{ port: 7000 }, { host: '127.0.0.1', port: 7000 }, {}],
    [{ host: 'h', tls: true }, { host: 'h', ...P, tls: {} }, {}],
    [{ path: '/tmp/redis.sock' }, { path: '/tmp/redis.sock' }, {}],
    [new URL('redis://h/1'), { host: 'h', ...P }, { db: 1 }],
  ])('%s', (input, address, login) => {
    const read = readClientOptions(input, {});
    expect(read.address).toEqual(address);
    expect(read.login).toMatchObject(login);
  });

  it('what is said in the options wins', () => {
    const { login } = readClientOptions('redis://u:p@h?db=2', { db: 3, password: 'q', protocol: 2 });
    expect(login).toMatchObject({ db: 3, resp: 2, credentials: { username: 'u', password: 'q' } });
  });

  it.each(['redis://h/3?db=4', 'redis+sentinel://h/name/3?db=4'])('%s names two databases and is refused', (url) => {
    expect(() => readClientOptions(url, {})).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT',
        message: 'address: its path and its option db name different databases',
      }),
    );
  });
});

describe('options in options', () => {
  it.each([
    [{ limits: { dept: 1 } }, /^limits.dept: .*did you mean depth/],
    [{ limits: { elements: Number.NaN } }, /^limits.elements: expected a whole number/],
    [{ limits: { replyMemory: 0 } }, /^limits.replyMemory/],
    [{ limits: null }, /^limits: expected an object/],
    [{ credentials: { username: 'me', pasword: 'x' } }, /^credentials.pasword: .*did you mean password/],
    [{ credentials: { username: 'me' } }, /^credentials.password: it is missing/],
    [{ credentials: null }, /^credentials: expected \{ username\?, password \} or a function/],
    [{ credentials: { password: null } }, /^credentials.password: expected text/],
    [{ username: 'me\0', password: 'x' }, /^username: it contains a control character/],
    [{ keyPrefix: '\ud800' }, /^keyPrefix: the text has a lone surrogate/],
    [{ client: 5 }, /^client: expected a class/],
    [{ maxSesions: 5 }, /^maxSesions: .*did you mean maxSessions/],
  ])('%j is refused, and the message says why', (options, message) => {
    expect(() => readClientOptions(undefined, options as never)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(message) }),
    );
  });

  it('are copied: a password that is changed later is not the one that was checked', () => {
    const credentials = { username: 'me', password: 'first' };
    const { login } = readClientOptions(undefined, { credentials });
    credentials.password = 'second';
    expect(login.credentials).toEqual({ username: 'me', password: 'first' });
  });
});

it('valkey: and valkeys: are other names of redis: and rediss:', () => {
  const read = (url: string) => readClientOptions(url, {}).address;
  expect(read('valkey://h/1')).toEqual(read('redis://h/1'));
  expect(read('valkeys://h')).toEqual(read('rediss://h'));
});
