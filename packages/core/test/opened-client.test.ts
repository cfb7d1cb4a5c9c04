import { MemoryServer } from '@kv/testkit/memory-transport';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openPool, openSingle } from '../src/index.ts';
import { line, lineSetup } from './line-protocol.ts';

vi.mock('../src/timers.ts', () => import('@kv/testkit/faked-timers'));

afterEach(() => {
  vi.useRealTimers();
});

describe('a pool', () => {
  it('is there when minSize connections are ready; they are shared and checked out', async () => {
    const server = new MemoryServer();
    const client = await openPool(lineSetup({ address: server }), { minSize: 2, maxSize: 3 });
    expect(server.peers).toHaveLength(2);
    const leases = await Promise.all([client.acquire(), client.acquire(), client.acquire()]);
    expect(server.peers).toHaveLength(3);
    expect(leases.map(({ closed }) => closed)).toEqual([false, false, false]);
    await client.close({ timeout: 0 });
  });

  it('keeps one connection and has ten at most unless it is told otherwise', async () => {
    const server = new MemoryServer();
    const client = await openPool(lineSetup({ address: server, timeout: 60_000 }), {});
    expect(server.peers).toHaveLength(1);
    const burst = (): void => {
      for (let i = 0; i < 20; i++) client.send(line('unanswered')).catch(() => {});
    };
    for (let size = 2; size <= 10; size++) {
      burst();
      await vi.waitFor(() => expect(client.endpoints[0]?.shared.freeSize).toBe(size));
    }
    burst();
    const leases = Array.from({ length: 20 }, () => client.acquire().catch(() => {}));
    await client.close({ timeout: 0 });
    await Promise.all(leases);
    expect(server.attempts).toBe(10);
  });
});

describe.each([
  ['a pool', openPool],
  ['a single connection', openSingle],
] as const)('%s that cannot be opened', (_, open) => {
  it('rejects with the cause and does not go on trying', async () => {
    vi.useFakeTimers();
    let attempts = 0;
    const refused = new Error('refused');
    const connect = (): Promise<never> => {
      attempts++;
      return Promise.reject(refused);
    };
    await expect(open(lineSetup({ address: { connect } }), {})).rejects.toMatchObject({
      code: 'CONNECTION',
      cause: refused,
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(attempts).toBe(1);
  });
});

it('a pool of which only a part could be opened leaves no connection behind', async () => {
  const server = new MemoryServer();
  const connect: typeof server.connect = (...given) =>
    server.attempts < 2 ? server.connect(...given) : Promise.reject(new Error('full'));
  const opening = openPool(lineSetup({ address: { connect } }), { minSize: 3 });
  await expect(opening).rejects.toMatchObject({ code: 'CONNECTION' });
  expect(server.peers.map(({ closed }) => closed)).toEqual([true, true]);
});

it('a single connection that is lost closes its client', async () => {
  const server = new MemoryServer();
  const { client, lease } = await openSingle(lineSetup({ address: server }));
  (await server.next()).close();
  await vi.waitFor(() => expect(client.state).toBe('closed'));
  expect([lease.closed, client.state, server.attempts]).toEqual([true, 'closed', 1]);
});
