import { MemoryServer } from '@kv/testkit/memory-transport';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { KvError } from '../src/index.ts';
import { Flag } from '../src/index.ts';
import { LineProtocol, line, lineClient, lineSetup } from './line-protocol.ts';

vi.mock('../src/timers.ts', () => import('@kv/testkit/faked-timers'));

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const TEN_MINUTES = 600_000;
const TICK = 1000;
const TIMEOUT = 5000;

/** A server that answers at once with what it was asked, and may be away. */
function echo(): { server: MemoryServer; seen: string[]; away: boolean } {
  const state = { away: false, seen: [] as string[] };
  const server = new MemoryServer({
    beforeConnect: () => (state.away ? Promise.reject(new Error('refused')) : undefined),
    onConnect: (peer) => {
      peer.onData = (bytes) => {
        for (const text of Buffer.from(bytes).toString().trimEnd().split('\n')) {
          state.seen.push(text);
          peer.send(`+${text}\n`);
        }
      };
    },
  });
  return Object.assign(state, { server });
}

// Wrapper timeouts left a queue that grew until the heap was full.
it('76, 79, pain 6, pain 7: ten minutes of outage under load: memory bounded, back within 2 s, nothing stale is sent', async () => {
  const world = echo();
  const maxQueueBytes = 20_000;
  const client = lineClient({
    address: world.server,
    timeout: TIMEOUT,
    maxQueueBytes,
    backoff: { min: 50, max: 2000 },
    liveness: { idle: 15_000, grace: 5000 },
  });
  await client.connect();
  const codes: Record<string, number> = {};
  const count = ({ code, outcome }: KvError): void => {
    const name = `${code} ${outcome}`;
    codes[name] = (codes[name] ?? 0) + 1;
  };
  const called = new Map<string, number>();
  let number = 0;
  const load = (calls: number): void => {
    for (let i = 0; i < calls; i++) {
      const text = `call ${number++}`;
      called.set(text, Date.now());
      client.send(line(text, i % 2 === 0 ? Flag.read : 0)).catch(count);
    }
  };
  world.away = true;
  world.server.peers[0]?.close(new Error('reset'));
  await vi.advanceTimersByTimeAsync(1); // the loss is known
  const began = Date.now();
  while (Date.now() - began < TEN_MINUTES) {
    load(60);
    expect(client.stats().queuedBytes).toBeLessThanOrEqual(maxQueueBytes);
    expect(client.stats().pending).toBeLessThanOrEqual(maxQueueBytes / 64);
    await vi.advanceTimersByTimeAsync(TICK);
  }
  expect(Object.keys(codes).sort()).toEqual(['QUEUE_FULL notSent', 'TIMEOUT notSent']);
  expect(codes['TIMEOUT notSent']).toBeGreaterThan(1000);
  const before = world.seen.length;
  world.away = false;
  const returned = Date.now();
  const answer = client.send(line('first after')).then(() => Date.now() - returned);
  await vi.advanceTimersByTimeAsync(2100);
  expect(await answer).toBeLessThanOrEqual(2000);
  const sent = world.seen.slice(before).filter((text) => called.has(text));
  expect(sent.length).toBeGreaterThan(0);
  for (const text of sent) expect(returned + 2000 - (called.get(text) ?? 0)).toBeLessThanOrEqual(TIMEOUT + 2000);
  expect(new Set(sent).size).toBe(sent.length);
  expect(client.stats()).toMatchObject({ pending: 0, queuedBytes: 0, state: 'ready' });
  await client.close({ timeout: 0 });
});

it('81: nothing is left of a client that was closed, whatever its connections were doing', async () => {
  const world = echo();
  const client = lineClient({ address: world.server, liveness: { idle: 1000, grace: 500 } });
  await client.connect();
  const lease = await client.acquire();
  await lease.send(line('a'));
  const silent = world.server.peers[1];
  if (silent !== undefined) silent.onData = undefined;
  const unanswered = lease.send(line('b')).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(1200);
  await client.close({ timeout: 0 });
  await unanswered;
  expect(vi.getTimerCount()).toBe(0);
});

it('81: closed in order, no timer of the wait is left', async () => {
  const world = echo();
  const client = lineClient({ address: world.server });
  const answer = client.send(line('a'));
  const closed = client.close({ timeout: 60_000 });
  expect(await answer).toBe('a');
  await closed;
  expect(vi.getTimerCount()).toBe(0);
});

it('81: closed between two attempts to connect, nothing is left either', async () => {
  const world = echo();
  world.away = true;
  const client = lineClient({ address: world.server, backoff: { min: 5000, max: 5000 } });
  const waiting = client.send(line('a')).catch((error: KvError) => error.code);
  await vi.advanceTimersByTimeAsync(100);
  expect(client.state).toBe('connecting');
  await client.close({ timeout: 0 });
  expect(await waiting).toBe('CLOSED');
  expect(vi.getTimerCount()).toBe(0);
});

it('80, pain 8: a peer that is gone without a sign is found, and replaced', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server, liveness: { idle: 15_000, grace: 5000 } });
  await client.connect();
  await vi.advanceTimersByTimeAsync(35_100);
  expect(server.peers[0]?.closed).toBe(true);
  await vi.advanceTimersByTimeAsync(100);
  expect(server.peers[1]?.closed).toBe(false);
  await client.close({ timeout: 0 });
});

it('81: a timer of the old connection does not hit the new one', async () => {
  const world = echo();
  const client = lineClient({ address: world.server, connectTimeout: 3000, liveness: { idle: 1000, grace: 500 } });
  await client.connect();
  await vi.advanceTimersByTimeAsync(900); // the idle timer of the first is nearly due
  world.server.peers[0]?.close(new Error('reset'));
  const answer = client.send(line('a'), { timeout: 0 });
  await vi.advanceTimersByTimeAsync(200);
  expect(await answer).toBe('a');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.server.peers).toHaveLength(2);
  expect(world.server.peers[1]?.closed).toBe(false);
  await client.close({ timeout: 0 });
});

// Attempts neither end nor go in step with those of all other clients.
it('75: a pool whose server is away knocks with one connection at a time, and has all of them soon after it is back', async () => {
  const world = echo();
  const client = lineClient({
    address: world.server,
    protocol: new LineProtocol({ commands: 1 }),
    timeout: TEN_MINUTES,
    backoff: { min: 50, max: 2000 },
    pools: { ...lineSetup({ address: world.server }).pools, shared: { minSize: 10, maxSize: 10, growThreshold: 1 } },
  });
  await client.connect();
  expect(world.server.peers).toHaveLength(10);
  world.away = true;
  for (const peer of world.server.peers) peer.close(new Error('reset'));
  const answers = Promise.all(Array.from({ length: 50 }, (_, i) => client.send(line(`call ${i}`))));
  const before = world.server.attempts;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.server.attempts - before).toBeLessThan(120); // one a second on average
  world.away = false;
  await vi.advanceTimersByTimeAsync(2100);
  expect(await answers).toHaveLength(50);
  expect(client.stats().connections.shared.size).toBe(10);
  await client.close({ timeout: 0 });
});

it('75: attempts to connect go on at growing, spread distances until the server is back', async () => {
  const world = echo();
  world.away = true;
  const clients = Array.from({ length: 20 }, () =>
    lineClient({ address: world.server, timeout: TEN_MINUTES * 2, backoff: { min: 50, max: 2000 } }),
  );
  const answers = Promise.all(clients.map((client) => client.send(line('a'))));
  const perSecond: number[] = [];
  for (let second = 0; second < 30; second++) {
    const before = world.server.attempts;
    await vi.advanceTimersByTimeAsync(1000);
    perSecond.push(world.server.attempts - before);
  }
  const steady = perSecond.slice(15);
  expect(Math.max(...steady)).toBeLessThan(100); // 20 clients, one attempt a second on average each
  expect(Math.min(...steady)).toBeGreaterThan(0);
  world.away = false;
  await vi.advanceTimersByTimeAsync(2000);
  expect(await answers).toHaveLength(20);
  for (const client of clients) await client.close({ timeout: 0 });
});
