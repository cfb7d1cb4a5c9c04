import { MemoryServer } from '@kv/testkit/memory-transport';
import { afterEach, describe, expect, it } from 'vitest';
import type { Client, Connect, KvError } from '../src/index.ts';
import { LineProtocol, line, lineClient } from './line-protocol.ts';

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close({ timeout: 0 });
});

const failure = (call: Promise<unknown>): Promise<KvError> =>
  call.then(
    () => expect.unreachable(),
    (error: KvError) => error,
  );

/** A transport that never opens, and tells this step. */
const stuck =
  (phase?: string): Connect =>
  (_address, on, signal) => {
    if (phase !== undefined) on.phase?.(phase);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  };

function client(connect: Connect, options: Partial<Parameters<typeof lineClient>[0]> = {}): Client {
  const made = lineClient({ address: { connect }, addressText: 'db.example:1', timeout: 60, ...options });
  clients.push(made);
  return made;
}

describe('a timeout before there is a connection', () => {
  it.each([
    ['looking up the name', 'looking up the name'],
    ['TLS handshake', 'TLS handshake'],
    [undefined, 'connecting'],
  ])('names the address and the step %s of its transport', async (phase, words) => {
    const { message, cause } = await failure(client(stuck(phase)).send(line('get a')));
    expect(message).toMatch(
      new RegExp(`^get timed out after \\d+ ms \\(not sent: connecting to db.example:1 for \\d+ ms: ${words}`),
    );
    expect(cause).toBeUndefined();
  });

  it('names the login that the server does not answer', async () => {
    const server = new MemoryServer();
    const protocol = new LineProtocol({}, { handshakeLines: ['login'] });
    const { message } = await failure(client(server.connect, { protocol }).send(line('get a')));
    expect(message).toMatch(/not sent: connecting to db.example:1 for \d+ ms: logging in/);
  });

  it('names what failed before, and the attempt of now', async () => {
    let attempts = 0;
    const connect: Connect = (...args) =>
      attempts++ === 0 ? Promise.reject(new Error('refused')) : stuck('TLS handshake')(...args);
    const options = { timeout: 300, backoff: { min: 1, max: 1 } };
    const { message } = await failure(client(connect, options).send(line('get a')));
    expect(message).toMatch(/\(not sent: refused; now connecting to db.example:1 for \d+ ms: TLS handshake/);
  });

  it('names it for calls that need a connection of their own, which is no exhausted pool', async () => {
    const { message } = await failure(client(stuck('TLS handshake')).acquire());
    expect(message).toMatch(/not sent: connecting to db.example:1 for \d+ ms: TLS handshake/);
  });

  it('names it in the error of the attempt itself', async () => {
    const one = client(stuck('TLS handshake'), { timeout: 0, connectTimeout: 30 });
    const { message } = await failure(one.connect());
    expect(message).toBe('Connecting to db.example:1 timed out after 30 ms: TLS handshake');
  });
});

it('connect() keeps the process alive while it waits for the next attempt', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const refused: Connect = () => Promise.reject(new Error('refused'));
  const waiting = client(refused, { backoff: { min: 10, max: 10, delay: () => 10 } });
  await failure(waiting.connect());
  const before = timers();
  const again = failure(waiting.connect());
  expect(timers()).toBe(before + 1); // timers that do not keep the process are not counted
  expect(await again).toMatchObject({ code: 'CONNECTION' });
});
