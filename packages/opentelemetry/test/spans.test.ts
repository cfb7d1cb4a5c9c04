/** Spans of the three clients, made by the SDK in memory. */
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import type { CommandTrace } from '@kv/core';
import { createGibson } from '@kv/gibson';
import { createRedis, type Redis } from '@kv/redis';
import { get } from '@kv/redis/commands';
import { createSsdb } from '@kv/ssdb';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { bulk } from '@kv/testkit/topology/resp-text';
import { scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import { DiagLogLevel, diag, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Instrumented, type InstrumentOptions, instrument } from '../src/index.ts';
import { activeSpan, Telemetry } from './telemetry.ts';

let server: RedisServer;
let redis: Redis;
let telemetry: Telemetry;
let instrumented: Instrumented;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  redis = createRedis(`${server.url}/3`);
  await redis.flushdb();
  telemetry = new Telemetry();
});
afterEach(async () => {
  instrumented.disable();
  telemetry[Symbol.dispose]();
  await redis.close();
});

/** Counts the spans that it is told of. */
class CountingProcessor implements SpanProcessor {
  started = 0;
  ended = 0;

  onStart(): void {
    this.started++;
  }

  onEnd(): void {
    this.ended++;
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

function begin(options: InstrumentOptions = {}): void {
  instrumented = instrument({ ...telemetry.providers, ...options });
}

const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);
const port = (): number => Number(new URL(server.url).port);
const parents = (spans: readonly ReadableSpan[]): unknown[] => spans.map((span) => telemetry.parentOf(span));
const text = (): string =>
  JSON.stringify(telemetry.spans.map(({ name, attributes, status, events }) => [name, attributes, status, events]));

it('a command is a client span in the span of its caller, with the names of the conventions and no arguments', async () => {
  begin();
  await telemetry.run('caller', () => redis.set('secret-key', 'secret-value'));
  const [span] = telemetry.spans;
  expect(span).toMatchObject({ name: `SET 127.0.0.1:${port()}`, kind: SpanKind.CLIENT, ended: true });
  expect(span?.attributes).toEqual({
    'db.system.name': 'redis',
    'db.operation.name': 'SET',
    'db.namespace': '3',
    'server.address': '127.0.0.1',
    'server.port': port(),
  });
  expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  expect([parents(telemetry.spans), text().includes('secret')]).toEqual([['caller'], false]);
});

it('a span lasts as long as its call, and calls that follow each other have spans that do, too', async () => {
  const durations: number[] = [];
  const note = (message: unknown): void => void durations.push((message as CommandTrace).durationMs);
  begin();
  subscribe('tracing:kv:command:asyncEnd', note);
  for (let i = 0; i < 50; i++) await redis.get('a');
  unsubscribe('tracing:kv:command:asyncEnd', note);
  const spans = telemetry.named('GET');
  const nanoseconds = ([seconds, rest]: readonly [number, number]): bigint =>
    BigInt(seconds) * 10n ** 9n + BigInt(rest);
  const ends = spans.map(({ endTime }) => nanoseconds(endTime));
  const starts = spans.map(({ startTime }) => nanoseconds(startTime));
  expect(durations).toHaveLength(50);
  for (const [i, { duration }] of spans.entries())
    expect(Number(nanoseconds(duration)) / 1e6).toBeCloseTo(durations[i] as number, 2);
  expect(starts.filter((start, i) => i > 0 && start < (ends[i - 1] as bigint))).toEqual([]);
});

it('a span has the address of the server that answered, of IPv6 without brackets, and a list of servers whole', () => {
  begin();
  const message = { client: 'a', backend: 'redis', command: 'GET', durationMs: 1 };
  for (const address of ['[::1]:7000', '/run/redis.sock', 'a.example:1,b.example:2'])
    channel('tracing:kv:command:asyncEnd').publish({ ...message, address });
  expect(telemetry.spans.map(({ attributes }) => [attributes['server.address'], attributes['server.port']])).toEqual([
    ['::1', 7000],
    ['/run/redis.sock', undefined],
    ['a.example:1,b.example:2', undefined],
  ]);
});

it('1,000 calls at once end in the spans of their own callers, who find their span active behind the call', async () => {
  begin();
  const calls = Array.from({ length: 1000 }, (_, i) =>
    telemetry.run(`task ${i}`, async () => {
      const own = activeSpan();
      await redis.set(`k${i}`, i);
      const value = await redis.get(`k${i}`);
      return activeSpan() === own && value === String(i);
    }),
  );
  expect(new Set(await Promise.all(calls))).toEqual(new Set([true]));
  const tasks = new Set(calls.map((_, i) => `task ${i}`));
  for (const name of ['SET', 'GET']) {
    expect(telemetry.named(name)).toHaveLength(1000);
    expect(new Set(parents(telemetry.named(name)))).toEqual(tasks);
  }
});

it('a pipeline is one span, named after its command where all are the same', async () => {
  begin();
  const mixed = redis.pipeline();
  void mixed.set('secret', 1);
  void mixed.get('secret');
  await telemetry.run('mixed', () => mixed.execute());
  await telemetry.run('uniform', () => redis.sendAll([get('a'), get('b'), get('c')]));
  await telemetry.run('single', () => redis.sendAll([get('a')]));
  const seen = telemetry.spans.map(({ attributes }) => [
    attributes['db.operation.name'],
    attributes['db.operation.batch.size'],
  ]);
  expect(seen).toEqual([
    ['PIPELINE', 2],
    ['PIPELINE GET', 3],
    ['GET', undefined],
  ]);
  expect([parents(telemetry.spans), text().includes('secret')]).toEqual([['mixed', 'uniform', 'single'], false]);
});

it('a transaction is one span, which has the error of the command that failed', async () => {
  begin();
  const multi = redis.multi();
  void multi.set('text', 'x');
  void multi.incr('text');
  await telemetry.run('caller', () => failure(multi.execute()));
  const [span] = telemetry.named('MULTI');
  expect(span?.attributes).toMatchObject({ 'db.operation.batch.size': 2, 'error.type': 'ERR' });
  expect([telemetry.spans.length, parents(telemetry.spans)]).toEqual([1, ['caller']]);
});

it('commands of batches are spans inside of that of their batch, if asked for', async () => {
  begin({ batchCommands: true });
  const batch = (name: string): Promise<unknown> =>
    telemetry.run(name, () => {
      const multi = redis.multi();
      void multi.incr(name);
      void multi.incr(name);
      return multi.execute();
    });
  await Promise.all([batch('a'), batch('b'), telemetry.run('c', () => redis.get('c'))]);
  const [first, second] = telemetry.named('MULTI INCR').map((span) => span.spanContext().spanId);
  const members = telemetry.named('INCR').map(({ parentSpanContext }) => parentSpanContext?.spanId);
  expect(members).toEqual([first, first, second, second]);
  expect(parents(telemetry.named('MULTI INCR'))).toEqual(['a', 'b']);
  expect(parents(telemetry.named('GET'))).toEqual(['c']);
});

it('the span of a batch is named after the server that was asked, also where it has begun before that is known', async () => {
  await using cluster = await scriptedCluster({ nodes: 2 });
  for (const node of cluster.nodes) node.answer = ({ name }) => (name === 'GET' ? bulk('v') : undefined);
  const [given, asked] = cluster.nodes.map(({ address }) => address);
  await using client = createRedis(`redis+cluster://${given}`);
  begin({ batchCommands: true });
  await client.sendAll([get('a'), get('a')]);
  expect(telemetry.named('PIPELINE GET').map(({ name }) => name)).toEqual([`PIPELINE GET ${asked}`]);
});

it('a blocking call and a subscription are in the span of their caller, like the connections that they need', async () => {
  begin();
  const popped = telemetry.run('popper', async () => {
    const own = activeSpan();
    const value = await redis.blpop('list', 5);
    return [value?.element, activeSpan() === own];
  });
  await telemetry.run('pusher', () => redis.rpush('list', 'x'));
  expect(await popped).toEqual(['x', true]);
  await telemetry.run('reader', async () => {
    await using news = await redis.subscribe('news');
    await telemetry.run('publisher', () => redis.publish('news', 'hello'));
    for await (const { message } of news) return message;
    return undefined;
  });
  const parent = (name: string): unknown => telemetry.named(name).map((span) => telemetry.parentOf(span))[0];
  expect(['BLPOP', 'RPUSH', 'SUBSCRIBE', 'PUBLISH'].map(parent)).toEqual(['popper', 'pusher', 'reader', 'publisher']);
  expect(parents(telemetry.named('CONNECT'))).toEqual(expect.arrayContaining(['popper', 'reader']));
});

it('a call that fails has its error type and its message, and the status code of the server', async () => {
  begin();
  await redis.set('text', 'secret');
  await failure(redis.lpush('text', 'secret'));
  await failure(redis.with({ timeout: 1 }).blpop('nothing', 5));
  const [refused] = telemetry.named('LPUSH');
  expect(refused?.attributes).toMatchObject({ 'error.type': 'WRONGTYPE', 'db.response.status_code': 'WRONGTYPE' });
  expect(refused?.status).toEqual({ code: SpanStatusCode.ERROR, message: expect.stringMatching(/^WRONGTYPE /) });
  const [late] = telemetry.named('BLPOP');
  expect(late?.attributes['error.type']).toBe('TIMEOUT');
  expect(late?.attributes).not.toHaveProperty(['db.response.status_code']);
  expect(text()).not.toContain('secret');
});

it('a server that can not be reached is an error of the attempt and of the call', async () => {
  begin();
  const lonely = createRedis('redis://127.0.0.1:1', { backoff: () => undefined });
  await telemetry.run('caller', () => failure(lonely.get('a')));
  await lonely.close();
  const seen = telemetry.spans.map((span) => [span.name, span.attributes['error.type'], telemetry.parentOf(span)]);
  expect(seen).toEqual([
    ['CONNECT 127.0.0.1:1', 'CONNECTION', 'caller'],
    ['GET 127.0.0.1:1', 'CONNECTION', 'caller'],
  ]);
});

it('calls outside of any span begin a trace, or have no span if a parent is required', async () => {
  begin();
  await redis.get('a');
  expect(telemetry.spans.map(({ parentSpanContext }) => parentSpanContext)).toEqual([undefined]);
  instrumented.disable();
  begin({ requireParentSpan: true });
  await redis.get('a');
  await telemetry.run('caller', () => redis.get('a'));
  expect(parents(telemetry.named('GET'))).toEqual([undefined, 'caller']);
});

it('what is undone makes no spans, neither of calls that are under way', async () => {
  begin({ batchCommands: true });
  await redis.get('a');
  const popped = redis.blpop('list', 5);
  instrumented.disable();
  instrumented[Symbol.dispose]();
  await redis.rpush('list', 'x');
  await popped;
  await redis.sendAll([get('a'), get('b')]);
  expect(telemetry.spans.map(({ attributes }) => attributes['db.operation.name'])).toEqual(['GET']);
});

it('a batch that is under way when the instrumentation ends has a span that ends then', async () => {
  const processor = new CountingProcessor();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [processor] });
  begin({ batchCommands: true, tracerProvider });
  const sent = redis.sendAll([get('a'), get('b')]);
  instrumented.disable();
  expect(processor).toMatchObject({ started: 1, ended: 1 });
  await sent;
  expect(processor).toMatchObject({ started: 1, ended: 1 });
});

it('spans of batches that have ended are not ended again with the instrumentation, which the SDK would log', async () => {
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);
  diag.setLogger({ error: log, warn: log, info: log, debug: log, verbose: log }, DiagLogLevel.WARN);
  begin({ batchCommands: true });
  await redis.sendAll([get('a'), get('b')]);
  instrumented.disable();
  diag.disable();
  expect(telemetry.named('PIPELINE GET')).toHaveLength(1);
  expect(logged).toEqual([]);
});

it('a call that began before the instrumentation has no span', async () => {
  const value = redis.get('a');
  begin();
  await Promise.all([value, redis.set('a', 'x')]);
  expect(telemetry.spans.map(({ attributes }) => attributes['db.operation.name'])).toEqual(['SET']);
});

it('two instrumentations each make a span of the same call', async () => {
  begin();
  using _other = instrument({ ...telemetry.providers, systems: { redis: 'valkey' } });
  await redis.get('a');
  expect(telemetry.named('GET').map(({ attributes }) => attributes['db.system.name'])).toEqual(['redis', 'valkey']);
});

it('a log of the messages of the channels shows neither spans nor their attributes', async () => {
  const logged: string[] = [];
  const log = (message: unknown): void => void logged.push(inspect(message, { depth: Infinity }));
  begin();
  for (const event of ['start', 'asyncEnd']) subscribe(`tracing:kv:command:${event}`, log);
  await redis.get('a');
  for (const event of ['start', 'asyncEnd']) unsubscribe(`tracing:kv:command:${event}`, log);
  expect(logged).toHaveLength(2);
  expect(logged.join()).not.toMatch(/span|db\.system/i);
});

it('servers that are Valkey can be named so', async () => {
  begin({ systems: { redis: 'valkey' } });
  await redis.get('a');
  expect(telemetry.spans[0]?.attributes['db.system.name']).toBe('valkey');
});

it('without providers of its own it uses the global ones, also those that are registered later', async () => {
  instrumented = instrument();
  trace.setGlobalTracerProvider(telemetry.providers.tracerProvider);
  await redis.get('a');
  trace.disable();
  expect(telemetry.named('GET')).toHaveLength(1);
});

describe('SSDB and Gibson', () => {
  it('an SSDB client has the same spans, with its own name and the status of the server', async () => {
    begin();
    const ssdb = createSsdb('embedded:');
    await telemetry.run('caller', async () => {
      await ssdb.set('text', 'secret');
      await failure(ssdb.incr('text'));
    });
    await ssdb.close();
    const calls = telemetry.spans.filter(({ attributes }) => attributes['db.operation.name'] !== 'CONNECT');
    expect(calls.map(({ attributes }) => attributes)).toEqual([
      { 'db.system.name': 'ssdb', 'db.operation.name': 'set', 'server.address': 'embedded:' },
      {
        'db.system.name': 'ssdb',
        'db.operation.name': 'incr',
        'server.address': 'embedded:',
        'error.type': 'error',
        'db.response.status_code': 'error',
      },
    ]);
    expect([new Set(parents(telemetry.spans)), text().includes('secret')]).toEqual([new Set(['caller']), false]);
  });

  it('a Gibson client has the same spans, with its own name and the class of the refusal', async () => {
    begin();
    const gibson = createGibson('embedded:');
    await telemetry.run('caller', async () => {
      await gibson.set('text', 'secret');
      await failure(gibson.inc('text'));
    });
    await gibson.close();
    const calls = telemetry.spans.filter(({ attributes }) => attributes['db.operation.name'] !== 'CONNECT');
    expect(calls.map(({ attributes }) => [attributes['db.system.name'], attributes['error.type']])).toEqual([
      ['gibson', undefined],
      ['gibson', 'NotANumberError'],
    ]);
    expect([new Set(parents(telemetry.spans)), text().includes('secret')]).toEqual([new Set(['caller']), false]);
  });
});
