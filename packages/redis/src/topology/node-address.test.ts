import { describe, expect, it, test } from 'vitest';
import { endpointText, hostOf, isIp, parseEndpoint } from './host.ts';
import { type NamedNode, type NatMap, reachableEndpoint, readNatMap, tlsServerName } from './node-address.ts';

const inside: NamedNode = { id: 'a', host: '10.0.0.1', port: 6379 };

describe('natMap', () => {
  it.each<[string, NamedNode, NatMap | undefined, string]>([
    ['none', inside, undefined, '10.0.0.1:6379'],
    ['listed', inside, { '10.0.0.1:6379': 'out.example:7000' }, 'out.example:7000'],
    ['another port', inside, { '10.0.0.1:6380': 'out.example:7000' }, '10.0.0.1:6379'],
    ['to IPv6', inside, { '10.0.0.1:6379': '[2001:db8::1]:7000' }, '[2001:db8::1]:7000'],
    ['from IPv6', { host: '::1', port: 1 }, { '[::1]:1': 'h:2' }, 'h:2'],
    ['from IPv6 without brackets', { host: '::1', port: 1 }, { '::1:1': 'h:2' }, 'h:2'],
    ['a name that every object has', { host: 'constructor', port: 1 }, {}, 'constructor:1'],
    ['a function with text', inside, ({ id, port }) => `${id}.example:${port}`, 'a.example:6379'],
    ['a function with host and port', inside, () => ({ host: 'h', port: 1 }), 'h:1'],
    ['a function that leaves it', inside, () => undefined, '10.0.0.1:6379'],
  ])('%s', (_, node, natMap, expected) => {
    const { host, port } = reachableEndpoint(node, natMap);
    expect(endpointText(host, port)).toBe(expected);
  });

  it.each([
    [undefined, 'natMap: expected an object or a function, got undefined'],
    [null, 'natMap: expected an object or a function, got null'],
    [[], 'natMap: expected an object or a function, got an array'],
    [{ '10.0.0.1': 'h:1' }, 'natMap: expected keys of the form host:port'],
    [{ 'h:1': 'h' }, 'natMap: expected values of the form host:port'],
    [{ 'h:1': 5 }, 'natMap: expected values of the form host:port'],
    [{ 'h:1': 'h:70000' }, 'natMap: expected values of the form host:port'],
    [{ 'h:1': 'h\0:7' }, 'natMap: expected values of the form host:port'],
  ])('%j is refused', (natMap, message) => {
    expect(() => readNatMap(natMap)).toThrow(expect.objectContaining({ code: 'ARGUMENT', message }));
  });

  it('may be an object or a function', () => {
    expect(() => [{}, { 'h:1': '[::1]:2' }, () => undefined].forEach(readNatMap)).not.toThrow();
  });

  it('is copied: what changes later was not checked [#44]', () => {
    const natMap = { 'h:1': 'x:1' };
    const read = readNatMap(natMap);
    natMap['h:1'] = 'elsewhere';
    expect(reachableEndpoint({ host: 'h', port: 1 }, read)).toEqual({ host: 'x', port: 1 });
  });

  it.each([null, '', 'h', {}, { host: 'h' }, { host: 'h', port: '1' }, { host: 'a b', port: 1 }, 5])(
    'a function that gives %j is refused',
    (result) => {
      const message = 'natMap: expected the function to give host and port';
      const natMap = (() => result) as unknown as NatMap;
      expect(() => reachableEndpoint(inside, natMap)).toThrow(expect.objectContaining({ code: 'ARGUMENT', message }));
    },
  );
});

describe('the name that a certificate must have', () => {
  it.each<[string, NamedNode, string | undefined, string | undefined]>([
    ['the host name', { ...inside, hostname: 'n1.example' }, 'seed.example', 'n1.example'],
    ['else the endpoint', { host: 'n1.example', port: 1 }, 'seed.example', 'n1.example'],
    ['of an IPv4 address the name of the seed', inside, 'seed.example', 'seed.example'],
    ['of an IPv6 address the name of the seed', { host: '::1', port: 1 }, 'seed.example', 'seed.example'],
    ['none where the seed is an address, too', inside, '10.0.0.9', undefined],
    ['none without a seed', inside, undefined, undefined],
  ])('is %s', (_, node, seed, expected) => {
    expect(tlsServerName(node, seed)).toBe(expected);
  });

  it('is what tlsName says, unless that is nothing', () => {
    expect(tlsServerName(inside, 'seed.example', ({ id }) => `${id}.example`)).toBe('a.example');
    expect(tlsServerName(inside, 'seed.example', () => undefined)).toBe('seed.example');
  });

  it.each([null, '', 5])('is refused when tlsName says %j', (name) => {
    const tlsName = () => name as unknown as string;
    expect(() => tlsServerName(inside, undefined, tlsName)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
  });
});

test.each([
  ['h:1', { host: 'h', port: 1 }],
  ['[::1]:7000', { host: '::1', port: 7000 }],
  ['2001:db8::1:7000', { host: '2001:db8::1', port: 7000 }],
  ['::ffff:127.0.0.1:7000', { host: '::ffff:127.0.0.1', port: 7000 }],
  ['h', undefined],
  [':1', undefined],
  ['h:', undefined],
  ['h:0', undefined],
  ['h:1e3', undefined],
  ['[h]:1', undefined],
  ['1:2:3:1', undefined],
  ['a b:1', undefined],
])('%s is the endpoint %j', (text, expected) => {
  expect(parseEndpoint(text)).toEqual(expected);
});

test('hosts of servers are names or addresses, nothing else', () => {
  expect(['h.example', '127.0.0.1', '::1', '[::1]', 'a_b-c'].map(hostOf)).not.toContain(undefined);
  const refused = ['', 'h/x', 'u@h', 'h:1', 'h\n', 'h\0', '?', '[h]', '[]', ':', 'g::1', 'ü', 'h'.repeat(254)];
  expect(refused.filter((host) => hostOf(host) !== undefined)).toEqual([]);
  expect(['127.0.0.1', '::1', '1.example', 'dead.beef'].map(isIp)).toEqual([true, true, false, false]);
});
