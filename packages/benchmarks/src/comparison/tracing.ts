// What spans of OpenTelemetry cost per command: our clients with and without @kv/opentelemetry, ioredis with and without its own
// instrumentation. Spans are made in the span of a caller and exported nowhere.
// Run: node --conditions=@kv/source --import tsx src/comparison/tracing.ts [rounds] [milliseconds]
import { createRequire } from 'node:module';
import { instrument } from '@kv/opentelemetry';
import { createRedis } from '@kv/redis';
import { type RedisServer, startRedis } from '@kv/testkit/redis-server';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type { Redis as IoRedis } from 'ioredis';

const DEPTH = 100;

/** A client in one state of its instrumentation. */
interface Contender {
  readonly name: string;
  get(key: string): Promise<unknown>;
  /** Turns the instrumentation on; what it returns turns it off. */
  enter(): () => void;
}

/** What one contender did in one round. */
interface TracingRun {
  /** Calls per second. */
  readonly perSecond: number;
  /** CPU of the client per call, µs. */
  readonly cpu: number;
}

interface Opened {
  readonly contenders: readonly Contender[];
  close(): Promise<void>;
}

const nothing = (): void => undefined;

async function open({ url }: RedisServer, tracerProvider: BasicTracerProvider): Promise<Opened> {
  const instrumentation = new IORedisInstrumentation();
  instrumentation.setTracerProvider(tracerProvider);
  const { Redis } = createRequire(import.meta.url)('ioredis') as { readonly Redis: typeof IoRedis }; // is patched when required
  instrumentation.disable();
  const [redis, ioredis] = [createRedis(url), new Redis(url)];
  await Promise.all([redis.get('k'), ioredis.get('k')]);
  const kv = (name: string, enter: Contender['enter']): Contender => ({ name, enter, get: (key) => redis.get(key) });
  const other = (name: string, enter: Contender['enter']): Contender => ({
    name,
    enter,
    get: (key) => ioredis.get(key),
  });
  return {
    contenders: [
      kv('kv', () => nothing),
      kv('kv, undone', () => {
        instrument({ tracerProvider }).disable();
        return nothing;
      }),
      kv('kv, spans', () => instrument({ tracerProvider }).disable),
      other('ioredis', () => nothing),
      other('ioredis, spans', () => {
        instrumentation.enable();
        return () => instrumentation.disable();
      }),
    ],
    close: async () => {
      await redis.close();
      ioredis.disconnect();
    },
  };
}

/** Calls, 100 at once, until `milliseconds` are over. */
async function measure({ get, enter }: Contender, milliseconds: number): Promise<TracingRun> {
  const leave = enter();
  const cpu = process.cpuUsage();
  const begin = performance.now();
  let calls = 0;
  for (; performance.now() - begin < milliseconds; calls += DEPTH)
    await Promise.all(Array.from({ length: DEPTH }, () => get('k')));
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  leave();
  return { perSecond: calls / seconds, cpu: (user + system) / calls };
}

async function compare(
  contenders: readonly Contender[],
  rounds: number,
  milliseconds: number,
): Promise<ReadonlyMap<string, readonly TracingRun[]>> {
  const runs = new Map<string, TracingRun[]>(contenders.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of order) {
      const run = await measure(contender, milliseconds);
      if (round >= 0) runs.get(contender.name)?.push(run); // the first round warms up
    }
  }
  return runs;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number;
}

/** The median of the quotients of runs of the same round. */
function paired(of: readonly TracingRun[], to: readonly TracingRun[]): number {
  return median(of.map(({ cpu }, round) => (to[round] as TracingRun).cpu / cpu));
}

if (process.argv[1] === import.meta.filename) {
  const [rounds = 9, milliseconds = 400] = process.argv.slice(2).map(Number);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const provider = new BasicTracerProvider();
  const server = await startRedis();
  const { contenders, close } = await open(server, provider);
  const caller = trace.setSpan(context.active(), provider.getTracer('benchmark').startSpan('caller'));
  const runs = await context.with(caller, () => compare(contenders, rounds, milliseconds));
  const base = (name: string): readonly TracingRun[] => runs.get(name.split(',')[0] as string) ?? [];
  for (const [name, all] of runs) {
    const perSecond = Math.round(median(all.map((run) => run.perSecond)));
    const cpu = median(all.map((run) => run.cpu)).toFixed(2);
    console.log(`${name.padEnd(15)} ${perSecond}/s, ${cpu} µs CPU per call, ${paired(all, base(name)).toFixed(3)}×`);
  }
  await close();
  await server.stop();
}
