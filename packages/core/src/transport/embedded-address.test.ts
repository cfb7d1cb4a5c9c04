import { expect, test } from 'vitest';
import { type AddressRules, parseAddress } from './address.ts';
import { reachable } from './embedded-address.ts';
import type { Address, Connect, Transport } from './transport.ts';

const rules: AddressRules = { scheme: 'line', defaultPort: 1 };
const ignored = { data: (): void => {}, drain: (): void => {}, close: (): void => {} };
const transport: Transport = { write: () => true, pause() {}, resume() {}, end() {}, destroy() {} };

function connectOf(address: Address): Connect {
  if ('connect' in address) return address.connect;
  throw new Error('an address without a transport');
}

test('another address stays what it is, and nothing is loaded', () => {
  const parsed = parseAddress('line://h:5', rules);
  expect(reachable(parsed, parsed.address, 'line', () => expect.unreachable())).toBe(parsed.address);
});

test.each([
  ['embedded:', undefined],
  ['embedded:shared', 'shared'],
])('%s is loaded when it is first connected to, and asked for once', async (url, name) => {
  const asked: unknown[] = [];
  const servers = {
    connectEmbedded: (...given: unknown[]): { connect: Connect } => {
      asked.push(given);
      return { connect: () => Promise.resolve(transport) };
    },
  };
  const parsed = parseAddress(url, rules);
  const address = reachable(parsed, parsed.address, 'line', () => Promise.resolve(servers));
  expect(asked).toEqual([]);
  const connect = connectOf(address);
  const signal = new AbortController().signal;
  expect(await Promise.all([connect(address, ignored, signal), connect(address, ignored, signal)])).toEqual([
    transport,
    transport,
  ]);
  expect(asked).toEqual([['line', name]]);
});

test('without the package, connecting says which one it needs', async () => {
  const parsed = parseAddress('embedded:', rules);
  const missing = new Error("Cannot find package '@kv/embedded' imported from /app/index.js");
  const address = reachable(parsed, parsed.address, 'line', () => Promise.reject(missing));
  await expect(connectOf(address)(address, ignored, new AbortController().signal)).rejects.toMatchObject({
    code: 'ARGUMENT',
    message: 'address: embedded: needs the package @kv/embedded',
    cause: missing,
  });
});

test.each([
  "Cannot find package 'other' imported from /app/node_modules/@kv/embedded/dist/index.js",
  'A dynamic import callback was not specified.',
])('any other reason why the package could not be loaded is told as it is: %s', async (reason) => {
  const cause = { message: reason }; // as an error of another realm, which is no Error here
  const parsed = parseAddress('embedded:', rules);
  const address = reachable(parsed, parsed.address, 'line', () => Promise.reject(cause));
  await expect(connectOf(address)(address, ignored, new AbortController().signal)).rejects.toMatchObject({
    code: 'ARGUMENT',
    message: `address: embedded: @kv/embedded could not be loaded: ${reason}`,
    cause,
  });
});

test('what the servers refuse is told as they say it', async () => {
  const refused = new Error('this name is taken by another version');
  const servers = {
    connectEmbedded: (): never => {
      throw refused;
    },
  };
  const parsed = parseAddress('embedded:shared', rules);
  const address = reachable(parsed, parsed.address, 'line', () => Promise.resolve(servers));
  await expect(connectOf(address)(address, ignored, new AbortController().signal)).rejects.toBe(refused);
});
