import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Embedded, startEmbedded } from '../src/index.ts';
import { RawClient } from './raw-client.ts';

const START = 1_700_000_000_000;

let embedded: Embedded;

beforeEach(async () => {
  embedded = await startEmbedded({ redis: true, ssdb: true, gibson: true });
});
afterEach(async () => {
  vi.useRealTimers();
  await embedded.close();
});

async function open(protocol: 'redis' | 'ssdb' | 'gibson'): Promise<RawClient> {
  const server = embedded[protocol];
  if (server === undefined) throw new Error('not started');
  return RawClient.open(server.address);
}

async function redis(client: RawClient, request: string): Promise<string> {
  client.write(Buffer.from(`${request}\r\n`));
  const reply = await client.take((got) => (got.length > 0 ? got.length : undefined));
  return reply.toString();
}

describe('fake timers of a test', () => {
  test.each([
    ['that are installed before the connection', true],
    ['that are installed on an open connection', false],
  ])('%s do not stop a server', async (_, before) => {
    if (before) vi.useFakeTimers();
    const client = await open('redis');
    if (!before) vi.useFakeTimers();
    expect(await redis(client, 'PING')).toBe('+PONG\r\n');
    client.end();
    expect((await client.readToEnd()).length).toBe(0);
  });

  test.each(['setImmediate', 'queueMicrotask'] as const)('in place of %s only do not stop a server', async (name) => {
    const client = await open('redis');
    vi.useFakeTimers({ toFake: [name] });
    const other = await open('redis');
    const popped = redis(client, 'BLPOP list 0');
    expect(await redis(other, 'RPUSH list a')).toBe(':1\r\n');
    expect(await popped).toBe('*2\r\n$4\r\nlist\r\n$1\r\na\r\n');
    expect(await redis(client, 'PING')).toBe('+PONG\r\n'); // the connection was released
  });

  test('move the time of the servers', async () => {
    vi.useFakeTimers({ now: START });
    const client = await open('redis');
    expect(await redis(client, 'SET k v EX 60')).toBe('+OK\r\n');
    vi.advanceTimersByTime(59_999);
    expect(await redis(client, 'PTTL k')).toBe(':1\r\n');
    vi.advanceTimersByTime(1);
    expect(await redis(client, 'GET k')).toBe('$-1\r\n');
  });

  test('end the wait of a blocking command when they are advanced', async () => {
    vi.useFakeTimers();
    const client = await open('redis');
    const popped = redis(client, 'BLPOP list 30');
    expect(await redis(await open('redis'), 'PING')).toBe('+PONG\r\n'); // by now it waits
    vi.advanceTimersByTime(30_000);
    expect(await popped).toBe('*-1\r\n');
  });

  test.each(['Date', 'setTimeout'] as const)('in place of %s only let blocking commands end', async (name) => {
    vi.useFakeTimers({ toFake: [name] });
    const client = await open('redis');
    const popped = redis(client, 'BLPOP list 0.05');
    await redis(await open('redis'), 'PING');
    if (name === 'Date') vi.setSystemTime(Date.now() + 50);
    expect(await popped).toBe('*-1\r\n');
  });

  test('that are taken away again leave nothing waiting', async () => {
    vi.useFakeTimers();
    const client = await open('redis');
    const popped = redis(client, 'BLPOP list 0.05');
    await redis(await open('redis'), 'PING');
    vi.useRealTimers();
    expect(await popped).toBe('*-1\r\n');
  });

  test('see no timers of the servers while no command waits', async () => {
    vi.useFakeTimers();
    const client = await open('redis');
    const popped = redis(client, 'BLPOP list 30');
    await redis(await open('redis'), 'RPUSH list a');
    await popped;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('and `advance` add up', async () => {
    vi.useFakeTimers({ now: START });
    const client = await open('redis');
    await redis(client, 'SET k v PX 1000');
    embedded.advance(400);
    vi.advanceTimersByTime(599);
    expect(await redis(client, 'PTTL k')).toBe(':1\r\n');
    embedded.advance(1);
    expect(await redis(client, 'GET k')).toBe('$-1\r\n');
  });
});
