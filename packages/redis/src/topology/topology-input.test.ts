import { describe, expect, it } from 'vitest';
import { readTopology } from './topology-input.ts';

const refusal = (message: string): object => expect.objectContaining({ code: 'ARGUMENT', message });

describe('addresses that name several servers by an object [#44]', () => {
  it.each([
    [{ cluster: ['h'], tsl: true }, 'address.tsl: unknown property; did you mean tls?'],
    [{ cluster: ['h'], name: 'm' }, 'address.name: unknown property'],
    [{ sentinels: ['h'], nmae: 'm' }, 'address.nmae: unknown property; did you mean name?'],
    [{ cluster: [{ host: 'h', prot: 7000 }] }, 'address.cluster[0].prot: unknown property; did you mean port?'],
    [{ cluster: ['h', { hots: 'h' }] }, 'address.cluster[1].hots: unknown property; did you mean host?'],
    [{ cluster: ['h'], tls: null }, 'address.tls: expected true, false or TLS options'],
    [{ cluster: ['h'], tls: 'yes' }, 'address.tls: expected true, false or TLS options'],
    [
      { cluster: ['h'], tls: { rejectUnauthorised: false } },
      'address.tls.rejectUnauthorised: unknown option in address.tls; did you mean rejectUnauthorized?',
    ],
    [{ sentinels: ['h'], name: 'm', tls: { ca: '' } }, expect.stringContaining('address.tls.ca: expected text')],
    [{ cluster: [null] }, 'address.cluster[0]: expected host:port or { host, port }'],
    [{ cluster: [5] }, 'address.cluster[0]: expected host:port or { host, port }'],
  ])('%j is refused', (input, message) => {
    expect(() => readTopology(input)).toThrow(refusal(message as string));
  });

  it('have their own properties only', () => {
    const inherited = Object.create({ tls: { rejectUnauthorized: false } });
    expect(readTopology(Object.assign(inherited, { cluster: ['h'] }))?.tls).toBeUndefined();
    const server = Object.assign(Object.create({ port: 1 }), { host: 'h' });
    expect(readTopology({ cluster: [server] })?.seeds).toEqual([{ host: 'h', port: 6379 }]);
  });

  it('keep a copy of the TLS options that were checked', () => {
    const tls = { servername: 'a' };
    const read = readTopology({ cluster: ['h'], tls });
    tls.servername = 'b';
    expect(read?.tls).toEqual({ servername: 'a' });
    expect(readTopology({ cluster: ['h'], tls: true })?.tls).toEqual({});
    expect(readTopology({ cluster: ['h'], tls: false })?.tls).toBeUndefined();
  });
});

describe('passwords in URLs', () => {
  it('may have any characters, also control characters, when these are percent-encoded', () => {
    expect(readTopology('redis+cluster://:a%00%0Ab@h')?.password).toBe('a\0\nb');
  });
});
