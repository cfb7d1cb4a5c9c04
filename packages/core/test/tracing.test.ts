/** What is published on the tracing channels, and in which async context. */
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { MemoryServer } from '@kv/testkit/memory-transport';
import { SpanRecorder } from '@kv/testkit/span-recorder';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Flag } from '../src/index.ts';
import { line, lineClient, lineSetup } from './line-protocol.ts';
import { outcome, turn } from './observe.ts';

let recorder: SpanRecorder;
beforeEach(() => {
  recorder = new SpanRecorder();
});
afterEach(() => recorder[Symbol.dispose]());

const identity = { client: 'test', backend: 'line', address: 'memory' };
const begun = { ...identity, attempt: 0, redirects: 0, durationMs: 0, error: undefined };
const durationMs = expect.any(Number);
const done = ['end', 'asyncStart', 'asyncEnd'];
const failed = ['end', 'error', 'asyncStart', 'asyncEnd'];

it('a command is traced from its call to its end, in the span of its caller, without its arguments', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const answer = recorder.run('caller', () => client.send(line('good secret')));
  const peer = await server.next();
  await peer.take('good secret\n');
  peer.send('+secret\n');
  await answer;

  const [span] = recorder.of('kv:command');
  expect(span?.parent?.operation).toBe('caller');
  expect(span?.begin).toEqual({ ...begun, command: 'good' });
  expect(span?.end).toEqual({ ...begun, command: 'good', attempt: 1, durationMs });
  expect(span?.events).toEqual(done);
  expect(JSON.stringify(recorder.spans)).not.toContain('secret');
  await client.close();
});

it('a call that fails has its error on the channel of errors before it ends', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const answers = [outcome(client.send(line('bad'))), outcome(client.send(line('slow'), { timeout: 1 }))];
  const peer = await server.next();
  await peer.take('bad\nslow\n');
  peer.send('-no\n');
  expect(await Promise.all(answers)).toEqual(['REPLY refused', 'TIMEOUT unknown']);

  const [bad, slow] = recorder.of('kv:command');
  expect(bad?.end).toMatchObject({ command: 'bad', error: { code: 'REPLY' } });
  expect(slow?.end).toMatchObject({ command: 'slow', error: { code: 'TIMEOUT' } });
  expect([bad?.events, slow?.events, recorder.strays]).toEqual([failed, failed, 0]);
  await client.close({ timeout: 0 });
});

it('a call that is not taken into the queue is traced, too', async () => {
  const client = lineClient({ address: new MemoryServer(), maxQueueBytes: 100 });
  expect(await outcome(client.send(line(`long ${'x'.repeat(100)}`)))).toBe('QUEUE_FULL notSent');
  const [span] = recorder.of('kv:command');
  expect(span?.events).toEqual(failed);
  expect(span?.end).toMatchObject({ command: 'long', attempt: 0, error: { code: 'QUEUE_FULL' } });
  await client.close({ timeout: 0 });
});

it('each of 1,000 calls in spans of their own ends in its own span', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const names = Array.from({ length: 1000 }, (_, i) => `c${i}`);
  const calls = names.map((name) =>
    recorder.run(name, async () => {
      await client.send(line(name));
      return recorder.current?.operation;
    }),
  );
  const peer = await server.next();
  await peer.take(names.map((name) => `${name}\n`).join(''));
  peer.send('+fine\n'.repeat(names.length));
  expect(await Promise.all(calls)).toEqual(names);

  const spans = recorder.of('kv:command');
  expect(spans.map(({ begin }) => begin['command'])).toEqual(names);
  expect(spans.filter(({ parent, begin }) => parent?.operation !== begin['command'])).toEqual([]);
  expect(spans.filter(({ events }) => events.length !== 3)).toEqual([]);
  expect(recorder.strays).toBe(0);
  await client.close();
});

it('commands that are sent together have one span, with the spans of the commands in it', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const sent = recorder.run('caller', () => client.sendAll([line('one secret'), line('two')]));
  const peer = await server.next();
  await peer.take('one secret\ntwo\n');
  peer.send('+fine\n-no\n');
  await sent;

  const [batch] = recorder.of('kv:batch');
  const members = { batchMode: 'pipeline', batchSize: 2 };
  const message = { ...identity, ...members, commands: ['one', 'two'] };
  expect(batch?.parent?.operation).toBe('caller');
  expect(batch?.begin).toEqual({ ...message, durationMs: 0, error: undefined });
  expect(batch?.end).toEqual({ ...message, durationMs, error: expect.objectContaining({ code: 'REPLY' }) });
  const commands = recorder.of('kv:command');
  expect(commands.map(({ parent }) => parent)).toEqual([batch, batch]);
  expect(commands.map(({ end }) => end)).toMatchObject([members, members]);
  expect(recorder.strays).toBe(0);
  await client.close();
});

it('a blocking command has one span, which also covers the wait for a connection', async () => {
  const server = new MemoryServer();
  const pools = { ...lineSetup({ address: server }).pools, blocking: { minSize: 0, maxSize: 1 } };
  const client = lineClient({ address: server, pools });
  const pop = (name: string): Promise<unknown> =>
    recorder.run(name, () => outcome(client.send(line(name, Flag.blocking, 0), { timeout: 20 })));
  const first = pop('pop');
  const peer = await server.next();
  await peer.take('pop\n');
  expect(await pop('late')).toBe('TIMEOUT notSent');
  peer.send('+it\n');
  await first;

  const spans = recorder.of('kv:command');
  expect(spans.map(({ begin, parent }) => [begin['command'], parent?.operation])).toEqual([
    ['pop', 'pop'],
    ['late', 'late'],
  ]);
  expect(spans.map(({ events }) => events)).toEqual([done, failed]);
  expect(spans.map(({ end }) => end?.['attempt'])).toEqual([1, 0]);
  await client.close({ timeout: 0 });
});

it('an attempt to connect is in the span of the call that needs it, one after a loss is in none', async () => {
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const answer = recorder.run('caller', () => client.send(line('good')));
  const peer = await server.next();
  await peer.take('good\n');
  peer.send('+fine\n');
  await answer;
  peer.close(new Error('reset'));
  await server.next();
  await client.close();

  const [first, again] = recorder.of('kv:connect');
  expect(first?.begin).toEqual({ ...identity, durationMs: 0, error: undefined });
  expect(first?.end).toEqual({ ...identity, durationMs, error: undefined });
  expect([first?.parent?.operation, first?.events]).toEqual(['caller', done]);
  expect(again?.parent).toBeUndefined();
});

it('a refused attempt to connect ends with its error', async () => {
  const server = new MemoryServer({ beforeConnect: () => Promise.reject(new Error('away')) });
  const client = lineClient({ address: server });
  await expect(client.connect()).rejects.toMatchObject({ message: 'away' });
  const [span] = recorder.of('kv:connect');
  expect([span?.events, span?.end]).toMatchObject([failed, { error: { code: 'CONNECTION', message: 'away' } }]);
  await client.close({ timeout: 0 });
});

it("the library's own commands, and connections for exclusive use, have no span", async () => {
  const server = new MemoryServer({ greeting: { request: 'login\n', reply: '+fine\n' } });
  const client = lineClient({ address: server });
  const lease = await client.acquire();
  await lease.release();
  await client.close();
  expect(recorder.commands).toEqual([]);
});

it('a listener that throws harms neither its call nor the next', async () => {
  recorder[Symbol.dispose]();
  const thrown: unknown[] = [];
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => thrown.push(error.message));
  const throwing = (_: unknown, name: string | symbol): never => {
    throw new Error(String(name));
  };
  const names = ['start', 'end', 'error', 'asyncStart', 'asyncEnd'].map((event) => `tracing:kv:command:${event}`);
  for (const name of names) subscribe(name, throwing);
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const answers = Promise.all([outcome(client.send(line('good'))), outcome(client.send(line('bad')))]);
  const peer = await server.next();
  await peer.take('good\nbad\n');
  peer.send('+fine\n-no\n');
  expect(await answers).toEqual(['fine', 'REPLY refused']);
  for (const name of names) unsubscribe(name, throwing);
  await client.close();
  await turn(); // what listeners throw comes in a tick of its own
  process.removeAllListeners('uncaughtException');
  for (const other of others) process.on('uncaughtException', other);
  expect(new Set(thrown)).toEqual(new Set(names));
});

it('a listener of one channel is enough', async () => {
  recorder[Symbol.dispose]();
  const heard: unknown[] = [];
  const listener = (message: unknown): void => void heard.push(message);
  channel('tracing:kv:command:asyncEnd').subscribe(listener);
  const server = new MemoryServer();
  const client = lineClient({ address: server });
  const answer = client.send(line('good'));
  const peer = await server.next();
  await peer.take('good\n');
  peer.send('+fine\n');
  await answer;
  channel('tracing:kv:command:asyncEnd').unsubscribe(listener);
  expect(heard).toMatchObject([{ command: 'good', attempt: 1 }]);
  await client.close();
});
