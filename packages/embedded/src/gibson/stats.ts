import { totalmem } from 'node:os';
import type { GibsonLimits } from './limits.ts';
import type { Row } from './replies.ts';
import type { Store } from './store.ts';

/** What a server counts. */
export interface Counters {
  readonly startedMs: number;
  clients: number;
  connections: number;
  requests: number;
}

const CRON_PERIOD_MS = 100;
const POOL_BLOCK = 512;
const ITEM_BYTES = 39;
const MAX_POOL_BLOCK = 131_072;

/** The rows of STATS, in the server's order. */
export function statsRows(store: Store, limits: GibsonLimits, counters: Counters, nowMs: number): Row[] {
  const items = store.items.search('').map((entry) => entry.value);
  const compressed = items.filter((item) => item.compressed);
  const sizes = items.map((item) => item.size);
  const rates = compressed.map((item) => 100 - (100 * item.size) / String(item.value).length);
  const capacity = POOL_BLOCK * Math.max(1, Math.ceil(items.length / POOL_BLOCK));
  return [
    text('server_version', '1.2.1'),
    text('server_build_datetime', '01/01/2015 00:00:00'),
    text('server_allocator', 'malloc'),
    text('server_arch', '64'),
    number('server_started', counters.startedMs / 1000),
    number('server_time', nowMs / 1000),
    number('first_item_seen', store.firstSeen),
    number('last_item_seen', store.lastSeen),
    number('total_items', items.length),
    number('total_compressed_items', compressed.length),
    number('total_clients', counters.clients),
    number('total_cron_done', 1 + (nowMs - counters.startedMs) / CRON_PERIOD_MS),
    number('total_connections', counters.connections),
    number('total_requests', counters.requests),
    number('item_pool_current_used', items.length),
    number('item_pool_current_capacity', POOL_BLOCK),
    number('item_pool_total_capacity', capacity),
    number('item_pool_object_size', ITEM_BYTES),
    number('item_pool_max_block_size', MAX_POOL_BLOCK),
    number('memory_available', totalmem()),
    number('memory_usable', limits.maxMemory),
    number('memory_used', store.memoryUsed),
    number('memory_peak', store.memoryPeak),
    text('memory_fragmentation', (1).toFixed(6)),
    number('item_size_avg', average(sizes)),
    number('compr_rate_avg', average(rates)),
    text('reqs_per_client_avg', (counters.requests / Math.max(1, counters.clients)).toFixed(6)),
  ];
}

function text(key: string, value: string): Row {
  return { key, value };
}

function number(key: string, value: number): Row {
  return { key, value: BigInt(Math.floor(value)) };
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
