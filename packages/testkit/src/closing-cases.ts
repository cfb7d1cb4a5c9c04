import { expect, onTestFinished, test } from 'vitest';
import { connected, cutOff, failure, filled, type Proxied, proxied, type Start } from './failure-backend.ts';

const closed = expect.objectContaining({ code: 'CLOSED' });

/** Every promise settles, in whatever state a client is closed; and nothing a server does ends the process. */
export function closingCases(start: Start): void {
  stateCases(start);
  impatientCases(start);
  drainCases(start);
  producerCases(start);
  processCases(start);
}

function stateCases(start: Start): void {
  const states: [string, () => Promise<Proxied>][] = [
    ['idle', () => proxied(start)],
    ['unreachable from the start', () => unreachable(start)],
    ['connecting to a server that says nothing', () => silent(start)],
    ['ready', () => connected(start)],
    ['stalled', () => stalled(start)],
    ['full', () => full(start)],
    ['half-open', () => halfOpen(start)],
    ['reconnecting', () => cutOff(start)],
  ];

  test.each(states)('pain 2, pain 3: close() resolves and settles everything while %s', async (_, reach) => {
    const { client } = await reach();
    const calls = Array.from({ length: 20 }, (__, i) =>
      failure(i % 2 === 0 ? client.count(start.key()) : client.read(start.key())),
    );
    await client.close({ timeout: 30 });
    for (const end of await Promise.all(calls)) {
      const { code, outcome } = end as { code?: string; outcome?: string };
      if (code === undefined) continue; // it was answered in time
      expect(code).toBe('CLOSED');
      expect(['notSent', 'unknown']).toContain(outcome);
    }
    expect(client.figures()).toMatchObject({ pending: 0, queuedBytes: 0, state: 'closed' });
    expect(await failure(client.read(start.key()))).toEqual(closed);
    await client.close();
  });
}

function impatientCases(start: Start): void {
  test('a second close() with less time ends the wait of the first', async () => {
    const { client } = await stalled(start);
    const call = failure(client.count(start.key()));
    const patient = client.close({ timeout: 600_000 });
    await client.close({ timeout: 0 });
    await patient;
    expect(await call).toEqual(closed);
  });

  test('a second close() with more time does not lengthen the wait of the first', async () => {
    const { client } = await stalled(start);
    const call = failure(client.count(start.key()));
    const impatient = client.close({ timeout: 20 });
    await client.close({ timeout: 600_000 });
    await impatient;
    expect(await call).toEqual(closed);
  });
}

async function unreachable(start: Start): Promise<Proxied> {
  const all = await proxied(start);
  await all.proxy.refuse();
  return all;
}

async function silent(start: Start): Promise<Proxied> {
  const all = await proxied(start);
  all.proxy.faults = { toClient: { stallAfter: 0 } };
  return all;
}

async function stalled(start: Start): Promise<Proxied> {
  const all = await connected(start);
  all.proxy.stall();
  return all;
}

async function full(start: Start): Promise<Proxied> {
  const all = await connected(start);
  await filled(start, all);
  return all;
}

async function halfOpen(start: Start): Promise<Proxied> {
  const all = await connected(start);
  all.proxy.halfOpen();
  return all;
}

function drainCases(start: Start): void {
  test('pain 2: close() lets what is under way end, and takes nothing new', async () => {
    const { client } = await connected(start);
    const counter = start.key();
    const calls = Array.from({ length: 20 }, () => client.count(counter));
    const closing = client.close();
    expect(await failure(client.count(counter))).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
    await closing;
    expect(new Set((await Promise.all(calls)).map(Number)).size).toBe(20);
    expect(await start.direct().read(counter)).toBe('20');
  });
}

function producerCases(start: Start): void {
  test('79, pain 2: a producer that waits for room is woken by close()', async () => {
    const { client } = await cutOff(start, { maxQueueBytes: 1000 });
    const calls = Array.from({ length: 20 }, () => failure(client.write(start.key(), 'v'.repeat(100))));
    expect(client.writable).toBe(false);
    const drained = client.drained();
    await client.close({ timeout: 0 });
    await drained;
    for (const end of await Promise.all(calls)) expect(end).toMatchObject({ outcome: 'notSent' });
  });
}

function processCases(start: Start): void {
  test('pain 5: without any listener, a server that comes and goes and talks nonsense throws nothing', async () => {
    const thrown: unknown[] = [];
    const note = (error: unknown): void => void thrown.push(error);
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(event, note);
      onTestFinished(() => void process.off(event, note));
    }
    const { proxy, client } = await connected(start);
    for (const break_ of [() => proxy.cut(), () => proxy.cut('end'), () => garble(proxy), () => proxy.halfOpen()]) {
      const call = failure(client.with({ timeout: 100 }).read(start.key()));
      break_();
      await call;
    }
    proxy.faults = { refuse: true };
    proxy.cut();
    await proxy.connected(proxy.total + 5);
    await proxy.refuse();
    await failure(client.with({ timeout: 50 }).read(start.key()));
    proxy.faults = {};
    await proxy.accept();
    expect(await client.read(start.key())).toBeNull();
    expect(thrown).toEqual([]);
  });
}

/** Bytes that are a reply in none of the protocols. */
function garble(proxy: Proxied['proxy']): void {
  for (const connection of proxy.connections)
    connection.inject('client', Buffer.from('\xff\xff\xff\xff!?#\r\n', 'latin1'));
}
