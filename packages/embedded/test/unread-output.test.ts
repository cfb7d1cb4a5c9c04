import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Embedded, type EmbeddedAddress, startEmbedded } from '../src/index.ts';
import { RawClient, turns } from './raw-client.ts';
import { endOfFrames, request } from './resp-frames.ts';

const MB = 1024 * 1024;
const message = 'x'.repeat(MB);
const onSockets = { redis: { port: 0 }, ssdb: { port: 0 } };
const inMemory = { redis: true, ssdb: true } as const;

let embedded: Embedded;
afterEach(() => embedded.close());

function addressOf(protocol: 'redis' | 'ssdb'): EmbeddedAddress {
  const address = embedded[protocol]?.address;
  if (address === undefined) throw new Error('not started');
  return address;
}

async function next(line: RawClient): Promise<string> {
  return (await line.take((got) => endOfFrames(got.toString('latin1'), 1))).toString('latin1');
}

function call(line: RawClient, ...args: string[]): Promise<string> {
  line.write(request(args));
  return next(line);
}

describe.each([
  ['in memory', inMemory],
  ['on sockets', onSockets],
] as const)('Redis %s: a client that does not read', (_, options) => {
  let main: RawClient;
  let lazy: RawClient;

  beforeEach(async () => {
    embedded = await startEmbedded(options);
    main = await RawClient.open(addressOf('redis'));
    lazy = await RawClient.open(addressOf('redis'));
  });

  /** How many clients there are for the server. */
  async function clients(): Promise<number> {
    return (await call(main, 'CLIENT', 'LIST')).split(' addr=').length - 1;
  }

  test.each([
    ['subscriber', ['SUBSCRIBE', 'c']],
    ['subscriber of a pattern', ['PSUBSCRIBE', '*']],
    ['monitor', ['MONITOR']],
  ])('as %s is cut when more than 32 MB wait for it, and only then', async (_, command) => {
    await call(lazy, ...command);
    lazy.pause();
    for (let sent = 0; sent < 30; sent += 1) await call(main, 'PUBLISH', 'c', message);
    expect(await clients()).toBe(2);
    for (let sent = 0; sent < 40; sent += 1) await call(main, 'PUBLISH', 'c', message); // sockets of the system hold some
    expect(await clients()).toBe(1);
    lazy.resume();
    await lazy.readToEnd();
    expect(lazy.closed).toBe(true);
  });

  test('may read more than that later', async () => {
    await call(lazy, 'SUBSCRIBE', 'c');
    const size = `*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$${MB}\r\n`.length + MB + 2;
    for (let round = 0; round < 3; round += 1) {
      lazy.pause();
      for (let sent = 0; sent < 20; sent += 1) await call(main, 'PUBLISH', 'c', message);
      lazy.resume();
      expect((await lazy.read(20 * size)).length).toBe(20 * size);
    }
    expect(await clients()).toBe(2);
  });

  test('of its own replies is not cut, however many', async () => {
    await call(main, 'SET', 'k', message);
    lazy.pause();
    for (let sent = 0; sent < 70; sent += 1) lazy.write(request(['GET', 'k']));
    await turns(10);
    expect(await clients()).toBe(2);
    lazy.resume();
    const size = `$${MB}\r\n`.length + MB + 2;
    expect((await lazy.read(70 * size)).length).toBe(70 * size);
  });
});

test('a burst in one go does not cut a subscriber that reads', async () => {
  embedded = await startEmbedded(inMemory);
  const main = await RawClient.open(addressOf('redis'));
  const reader = await RawClient.open(addressOf('redis'));
  await call(reader, 'SUBSCRIBE', 'c');
  main.write(Buffer.concat(Array.from({ length: 40 }, () => request(['PUBLISH', 'c', message]))));
  expect((await reader.read(40 * MB)).length).toBe(40 * MB);
  expect(await call(main, 'PUBLISH', 'c', 'end')).toBe(':1\r\n');
});

test('SSDB: a copier that does not read is cut when more than 32 MB of changes wait for it', async () => {
  embedded = await startEmbedded(inMemory);
  const [main, copier] = await Promise.all([1, 2].map(() => RawClient.open(addressOf('ssdb'))));
  if (main === undefined || copier === undefined) throw new Error('no line');
  const set = Buffer.from(`3\nset\n1\nk\n${MB}\n${message}\n\n`);
  const ok = '2\nok\n1\n1\n\n'.length;
  main.write(set);
  await main.read(ok);
  copier.write(Buffer.from('7\nsync140\n\n'));
  await turns();
  copier.pause();
  for (let sent = 0; sent < 30; sent += 1) {
    main.write(set);
    await main.read(ok);
  }
  expect(copier.closed).toBe(false);
  for (let sent = 0; sent < 5; sent += 1) {
    main.write(set);
    await main.read(ok);
  }
  await copier.readToEnd();
  expect(copier.closed).toBe(true);
});
