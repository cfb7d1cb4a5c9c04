import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { connected, cutOff, failure, filled, proxied, type Start, until } from './failure-backend.ts';

const SOON = 60;

/** Behaviors 76 to 79: deadlines, signals and the bound of the queue. */
export function deadlineCases(start: Start): void {
  waitingCases(start);
  lateCases(start);
  abortCases(start);
  signalCases(start);
  queueCases(start);
}

function waitingCases(start: Start): void {
  test('76, pain 6: a deadline passes in the queue of a connection that takes no more: not sent, also not later', async () => {
    const { proxy, client } = await connected(start);
    const counter = start.key();
    const filler = await filled(start, { proxy, client });
    expect(await failure(client.with({ timeout: SOON }).count(counter))).toMatchObject({
      code: 'TIMEOUT',
      outcome: 'notSent',
      attempts: 0,
      message: expect.stringMatching(/timed out after \d+ ms \(not sent: /),
    });
    proxy.resume();
    await filler.end;
    expect(await client.read(counter)).toBeNull();
  });

  test('76, pain 6: a deadline passes on the wire: unknown, and says where the time went', async () => {
    const { proxy, client } = await connected(start);
    proxy.stall();
    expect(await failure(client.with({ timeout: SOON }).count(start.key()))).toMatchObject({
      code: 'TIMEOUT',
      outcome: 'unknown',
      attempts: 1,
      message: expect.stringMatching(
        /\(queued \d+ ms, waited \d+ ms for the reply(?: from \S+)?; last byte received \d+ ms ago/,
      ),
    });
  });

  test('76: a deadline passes while the server is away: not sent, also not later, and the cause is told', async () => {
    const { proxy, client } = await cutOff(start);
    const counter = start.key();
    expect(await failure(client.with({ timeout: SOON }).count(counter))).toMatchObject({
      code: 'TIMEOUT',
      outcome: 'notSent',
      attempts: 0,
      cause: { code: 'CONNECTION' },
    });
    await proxy.accept();
    expect(await client.read(counter)).toBeNull();
  });

  test('76: a deadline passes although the connection is still being made', async () => {
    const { proxy, client } = await proxied(start, { connectTimeout: 20_000 });
    proxy.faults = { toClient: { stallAfter: 0 } };
    expect(await failure(client.with({ timeout: SOON }).count(start.key()))).toMatchObject({ code: 'TIMEOUT' });
    const waiting = client.read(start.key());
    proxy.faults = {};
    proxy.cut();
    expect(await waiting).toBeNull();
  });

  test('76: a deadline covers the second attempt too', async () => {
    const { proxy, client, line } = await connected(start);
    proxy.stall();
    const before = line.fromClient;
    const read = failure(client.with({ timeout: 300 }).read(start.key()));
    await until(() => line.fromClient > before);
    await proxy.refuse();
    proxy.cut();
    expect(await read).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown', attempts: 1 });
  });
}

function lateCases(start: Start): void {
  test('77: a reply that comes after the deadline answers no one else', async () => {
    const { proxy, client } = await connected(start);
    const keys = Array.from({ length: 5 }, () => start.key());
    for (const key of keys) await start.direct().write(key, `value of ${key}`);
    proxy.stall('toClient');
    const impatient = client.with({ timeout: SOON });
    const late = await Promise.all(keys.map((key) => failure(impatient.read(key))));
    for (const end of late) expect(end).toMatchObject({ code: 'TIMEOUT' });
    const reads = keys.map((key) => client.read(key));
    proxy.resume();
    expect(await Promise.all(reads)).toEqual(keys.map((key) => `value of ${key}`));
  });

  test('77, pain 6: at its deadline a call gives back what it holds, although its reply is still pending', async () => {
    const { proxy, client } = await connected(start);
    proxy.stall('toClient');
    const impatient = client.with({ timeout: SOON });
    await Promise.all(Array.from({ length: 50 }, () => failure(impatient.write(start.key(), 'v'))));
    expect(client.figures()).toMatchObject({ pending: 0, queuedBytes: 0 });
    proxy.resume();
    expect(await client.read(start.key())).toBeNull();
  });
}

function abortCases(start: Start): void {
  test('78: aborted before it is written: not sent, also not later', async () => {
    const { proxy, client } = await connected(start);
    const counter = start.key();
    expect(await failure(client.with({ signal: AbortSignal.abort() }).count(counter))).toMatchObject({
      code: 'ABORTED',
      outcome: 'notSent',
    });
    const filler = await filled(start, { proxy, client });
    const controller = new AbortController();
    const waiting = failure(client.with({ signal: controller.signal }).count(counter));
    await new Promise(setImmediate);
    controller.abort(new Error('changed my mind'));
    expect(await waiting).toMatchObject({
      code: 'ABORTED',
      outcome: 'notSent',
      cause: { message: 'changed my mind' },
    });
    proxy.resume();
    await filler.end;
    expect(await client.read(counter)).toBeNull();
  });

  test('78: aborted after it was written: unknown, and its reply answers no other call', async () => {
    const { proxy, client, line } = await connected(start);
    const [counter, other] = [start.key(), start.key()];
    await start.direct().write(other, 'right');
    proxy.stall('toClient');
    const controller = new AbortController();
    const before = line.fromServer;
    const count = failure(client.with({ signal: controller.signal }).count(counter));
    await until(() => line.fromServer > before);
    controller.abort();
    expect(await count).toMatchObject({ code: 'ABORTED', outcome: 'unknown', attempts: 1 });
    proxy.resume();
    expect(await client.read(other)).toBe('right');
    expect(await client.read(counter)).toBe('1');
  });
}

function signalCases(start: Start): void {
  test('78, pain 19: a thousand calls on one signal are one listener, and none when they have ended', async () => {
    const { proxy, client } = await connected(start);
    const { signal } = new AbortController();
    const listeners = (): number => getEventListeners(signal, 'abort').length;
    const calls = client.with({ signal });
    const answered = Array.from({ length: 1000 }, () => calls.read(start.key()));
    expect(listeners()).toBe(1);
    await Promise.all(answered);
    expect(listeners()).toBe(0);
    proxy.stall();
    const ended = Array.from({ length: 100 }, () => failure(client.with({ signal, timeout: SOON }).read(start.key())));
    // A connection that was made in the meantime is not stalled.
    expect(await Promise.all(ended)).toContainEqual(expect.objectContaining({ code: 'TIMEOUT' }));
    expect(listeners()).toBe(0);
  });
}

function queueCases(start: Start): void {
  test('bytes whose buffer is transferred after the call fail that call only, and nothing of it is sent', async () => {
    const { proxy, client } = await connected(start);
    const [before, key, after] = [start.key(), start.key(), start.key()];
    const bytes = new Uint8Array([49, 50, 51]);
    const calls = [client.write(before, '1'), client.write(key, bytes), client.write(after, '2')].map(failure);
    structuredClone(bytes, { transfer: [bytes.buffer] }); // as postMessage() does
    const [first, second, third] = await Promise.all(calls);
    expect(second).toMatchObject({ code: 'ARGUMENT', outcome: 'notSent', attempts: 0 });
    for (const end of [first, third]) expect(end).toHaveProperty('value');
    expect(await Promise.all([before, key, after].map((name) => client.read(name)))).toEqual(['1', null, '2']);
    expect(proxy.total).toBe(1);
  });

  test('79, pain 7: what waits for a server that is away is bounded in bytes, and the rest is refused', async () => {
    const maxQueueBytes = 4000;
    const { proxy, client } = await cutOff(start, { maxQueueBytes });
    const calls = Array.from({ length: 100 }, (_, i) => {
      const key = `${start.key()}-${i}`;
      return failure(client.write(key, 'v'.repeat(100)).then(() => key));
    });
    expect(client.figures().queuedBytes).toBeGreaterThan(maxQueueBytes - 300);
    expect(client.figures().queuedBytes).toBeLessThanOrEqual(maxQueueBytes);
    expect(client.writable).toBe(false);
    const drained = client.drained();
    await proxy.accept();
    await drained;
    expect(client.writable).toBe(true);
    const ends = await Promise.all(calls);
    const stored = ends.flatMap((end) => (end as { value?: string }).value ?? []);
    expect(stored.length).toBeGreaterThan(10);
    for (const key of stored) expect(await start.direct().read(key)).toBe('v'.repeat(100));
    const refused = ends.slice(stored.length);
    expect(refused.length).toBeGreaterThan(50);
    for (const end of refused) expect(end).toMatchObject({ code: 'QUEUE_FULL', outcome: 'notSent', attempts: 0 });
    expect(client.figures()).toMatchObject({ pending: 0, queuedBytes: 0 });
  });
}
