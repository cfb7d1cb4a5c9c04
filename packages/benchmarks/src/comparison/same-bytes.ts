// The same calls through three clients: do they send the same? Run: npx tsx src/comparison/same-bytes.ts
import { createRedis, type Redis } from '@kv/redis';
import { loadVectors } from '@kv/testkit';
import { Redis as IoRedis } from 'ioredis';
import { createClient } from 'redis';
import { type LoggedRequest, RequestLog } from './request-log.ts';
import { type NodeRedis, typedCalls } from './typed-calls.ts';

/** A call that did not cause the same request in all clients. */
export interface Difference {
  readonly call: string;
  readonly kv: LoggedRequest | undefined;
  readonly ioredis: LoggedRequest | undefined;
  readonly nodeRedis: LoggedRequest | undefined;
}

/** How many calls were compared, and those that differ. */
export interface Comparison {
  readonly compared: number;
  readonly differences: readonly Difference[];
}

/** The clients, all connected to one log. */
interface Clients {
  readonly log: RequestLog;
  readonly kv: Redis;
  readonly ioredis: IoRedis;
  readonly nodeRedis: NodeRedis;
}

/** What a shared connection of ours refuses, and what would end or change the connection of the others. */
const NOT_COMPARED =
  /^(|PING|CLIENT|HELLO|AUTH|SELECT|RESET|QUIT|MULTI|EXEC|DISCARD|WATCH|UNWATCH|MONITOR|SHUTDOWN|REPLCONF|PSYNC|SYNC|READONLY|READWRITE|ASKING|WAIT|WAITAOF|FAILOVER|RESTORE-ASKING|[PS]?(UN)?SUBSCRIBE)$/;

type Recorded = readonly {
  readonly steps: readonly { readonly args: readonly (string | { readonly hex?: string })[] | null }[];
}[];

const CONTAINERS =
  /^(CONFIG|OBJECT|XGROUP|XINFO|SCRIPT|FUNCTION|ACL|MEMORY|CLUSTER|COMMAND|LATENCY|SLOWLOG|MODULE|DEBUG|PUBSUB)$/i;

/** Name of a command, with that of its subcommand. */
function nameOf(first: string, second: unknown): string {
  const sub = CONTAINERS.test(first) && typeof second === 'string' ? ` ${second}` : '';
  return `${first}${sub}`.toUpperCase();
}

/** At most two recorded calls of every command of the servers. */
export function recordedCalls(): readonly (readonly (string | Buffer)[])[] {
  const url = new URL('../../../redis/test/vectors/replies.vectors.json', import.meta.url);
  const calls = new Map<string, readonly (string | Buffer)[]>();
  const counts = new Map<string, number>();
  for (const { args } of loadVectors<Recorded>(url).flatMap(({ steps }) => steps)) {
    const [first] = args ?? [];
    if (args === null || typeof first !== 'string' || NOT_COMPARED.test(first.toUpperCase())) continue;
    if (!args.every((arg) => typeof arg === 'string' || arg.hex !== undefined)) continue;
    const name = nameOf(first, args[1]);
    const text = JSON.stringify(args);
    if (calls.has(text) || (counts.get(name) ?? 0) >= 2) continue;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    calls.set(
      text,
      args.map((arg) => (typeof arg === 'string' ? arg : Buffer.from(arg.hex as string, 'hex'))),
    );
  }
  return [...calls.values()];
}

async function open(): Promise<Clients> {
  const log = await RequestLog.start();
  const { port } = log;
  const ioredis = new IoRedis({ port, protocol: 2, enableReadyCheck: false, lazyConnect: true });
  const nodeRedis: NodeRedis = createClient({ RESP: 2, socket: { host: '127.0.0.1', port } });
  ioredis.on('error', () => {});
  nodeRedis.on('error', () => {});
  const kv = createRedis({ port }, { protocol: 2 });
  await Promise.all([ioredis.connect(), nodeRedis.connect(), kv.connect()]);
  return { log, kv, ioredis, nodeRedis };
}

async function close({ log, kv, ioredis, nodeRedis }: Clients): Promise<void> {
  ioredis.disconnect();
  nodeRedis.destroy();
  await kv.close({ timeout: 0 });
  await log[Symbol.asyncDispose]();
}

async function compare(
  { log }: Clients,
  call: string,
  kv: () => Promise<unknown>,
  ioredis: () => Promise<unknown>,
  nodeRedis: () => Promise<unknown>,
): Promise<Difference | undefined> {
  const all = { kv: await log.of(kv), ioredis: await log.of(ioredis), nodeRedis: await log.of(nodeRedis) };
  const texts = new Set(Object.values(all).map((request) => JSON.stringify(request)));
  return texts.size === 1 && all.kv !== undefined ? undefined : { call, ...all };
}

function throughMethod(redis: IoRedis, [name, ...args]: readonly (string | Buffer)[]): Promise<unknown> {
  const method = (redis as unknown as Record<string, unknown>)[String(name).toLowerCase()];
  if (typeof method !== 'function') return redis.call(String(name), ...args);
  return (method as (...all: unknown[]) => Promise<unknown>).apply(redis, args);
}

/** Sends every recorded call: by `execute`, by the method of ioredis, by node-redis's `sendCommand`. */
export async function compareRecorded(): Promise<Comparison> {
  const clients = await open();
  const differences: Difference[] = [];
  const calls = recordedCalls();
  for (const call of calls) {
    const [name, ...args] = call as [string, ...(string | Buffer)[]];
    const difference = await compare(
      clients,
      call.map((arg) => arg.toString('latin1')).join(' '),
      () => clients.kv.execute(name, ...args),
      () => throughMethod(clients.ioredis, call),
      () => clients.nodeRedis.sendCommand([...call]),
    );
    if (difference !== undefined) differences.push(difference);
  }
  await close(clients);
  return { compared: calls.length, differences };
}

/** Calls the typed methods of all three clients. */
export async function compareTyped(): Promise<Comparison> {
  const clients = await open();
  const differences: Difference[] = [];
  for (const [name, kv, ioredis, nodeRedis] of typedCalls) {
    const difference = await compare(
      clients,
      name,
      () => kv(clients.kv),
      () => ioredis(clients.ioredis),
      () => nodeRedis(clients.nodeRedis),
    );
    if (difference !== undefined) differences.push(difference);
  }
  await close(clients);
  return { compared: typedCalls.length, differences };
}

if (process.argv[1]?.endsWith('same-bytes.ts')) {
  for (const compared of [await compareTyped(), await compareRecorded()])
    process.stdout.write(`${JSON.stringify(compared, null, 1)}\n`);
}
