import { type ChannelListener, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { MemoryServer } from '@kv/testkit/memory-transport';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { line, lineClient } from './line-protocol.ts';

const names = ['kv:command', 'kv:connect', 'kv:state'] as const;
let heard: [string, unknown][];
const listener: ChannelListener = (message, name) => heard.push([String(name), message]);

beforeEach(() => {
  heard = [];
  for (const name of names) subscribe(name, listener);
});

afterEach(() => {
  for (const name of names) unsubscribe(name, listener);
});

const of = (name: (typeof names)[number]): unknown[] =>
  heard.filter(([at]) => at === name).map(([, message]) => message);

const identity = { client: 'test', backend: 'line', address: 'memory' };

it('the channels tell of commands, connections and states, and the figures agree', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const answers = Promise.allSettled([client.send(line('good secret1')), client.send(line('bad secret2'))]);
  const peer = await server.next();
  await peer.take('good secret1\nbad secret2\n');
  peer.send('+fine\n-no\n');
  await answers;
  const lost = client.send(line('lost secret3')).catch(() => undefined);
  await peer.take('lost secret3\n');
  peer.close(new Error('reset'));
  await lost;
  await client.close({ timeout: 0 });

  const durationMs = expect.any(Number);
  expect(of('kv:command')).toEqual([
    { ...identity, command: 'good', attempt: 1, durationMs, error: undefined },
    { ...identity, command: 'bad', attempt: 1, durationMs, error: expect.objectContaining({ code: 'REPLY' }) },
    { ...identity, command: 'lost', attempt: 1, durationMs, error: expect.objectContaining({ outcome: 'unknown' }) },
  ]);
  expect(of('kv:connect')[0]).toEqual({ ...identity, durationMs, error: undefined });
  expect(of('kv:state')).toMatchObject([
    { client: 'test', from: 'idle', to: 'connecting' },
    { client: 'test', from: 'connecting', to: 'ready' },
    { client: 'test', from: 'ready', to: 'reconnecting', cause: expect.objectContaining({ code: 'CONNECTION' }) },
    { client: 'test', from: 'reconnecting', to: 'closing' },
    { client: 'test', from: 'closing', to: 'closed' },
  ]);
  const { commands, pending, queuedBytes, state } = client.stats();
  expect({ pending, queuedBytes, state }).toEqual({ pending: 0, queuedBytes: 0, state: 'closed' });
  expect(commands['good']).toMatchObject({ count: 1, errors: 0 });
  expect(commands['bad']).toMatchObject({ count: 1, errors: 1 });
  expect(commands['lost']?.histogram.reduce((sum, n) => sum + n, 0)).toBe(1);
  expect(everythingIn([heard, client.stats()])).not.toContain('secret');
});

it('a refused attempt to connect is told with its error', async () => {
  const server = new MemoryServer({ beforeConnect: () => Promise.reject(new Error('away')) });
  const client = lineClient({ address: server });
  await expect(client.connect()).rejects.toMatchObject({ message: 'away' });
  expect(of('kv:connect')[0]).toMatchObject({ ...identity, error: { code: 'CONNECTION', message: 'away' } });
  await client.close({ timeout: 0 });
});

/** All texts in a value, errors and their causes with their own fields too. */
function everythingIn(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (seen.has(value)) return '';
  seen.add(value);
  return Reflect.ownKeys(value)
    .map((key) => `${String(key)} ${everythingIn(Reflect.get(value, key), seen)}`)
    .join('\n');
}
