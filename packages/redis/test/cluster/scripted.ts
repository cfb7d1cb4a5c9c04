/** What tests share that decide every answer of a cluster of two. */

import { type ScriptedCluster, scriptedCluster } from '@kv/testkit/topology/scripted-cluster';
import type { Answer, ScriptedNode, ScriptedRequest } from '@kv/testkit/topology/scripted-node';
import { waitFor } from '@kv/testkit/topology/wait';
import { onTestFinished } from 'vitest';
import type { RedisClientOptions } from '../../src/client/options.ts';
import { createRedis, type Redis } from '../../src/index.ts';
import { keySlot } from '../../src/topology/slot.ts';

export interface Two {
  readonly cluster: ScriptedCluster;
  readonly a: ScriptedNode;
  readonly b: ScriptedNode;
  readonly redis: Redis;
}

/** A key of the first node, and its slot; so are all keys `{b}…`. */
export const KEY = 'a1';
export const SLOT: number = keySlot(KEY);

/** A cluster of two nodes, and a client that knows the first. Both end with the test. */
export async function two(options: Omit<RedisClientOptions, 'bytes'> = {}): Promise<Two> {
  const cluster = await scriptedCluster({ nodes: 2 });
  onTestFinished(() => cluster.close());
  const [a, b] = cluster.nodes as [ScriptedNode, ScriptedNode];
  const redis = openAt(a, options);
  return { cluster, a, b, redis };
}

/** A client that knows one node. It ends with the test. */
export function openAt(node: ScriptedNode, options: Omit<RedisClientOptions, 'bytes'> = {}): Redis {
  const redis = createRedis(`redis+cluster://${node.address}`, { timeout: 20_000, ...options });
  onTestFinished(() => redis.close());
  return redis;
}

/** Answers commands by their name. */
export function answers(
  table: Readonly<Record<string, Answer | ((request: ScriptedRequest) => Answer)>>,
): (request: ScriptedRequest) => Answer {
  return (request) => {
    const answer = table[request.name];
    return typeof answer === 'function' ? answer(request) : answer;
  };
}

/** How often nodes were asked for the map. */
export function mapsAsked(...nodes: readonly ScriptedNode[]): number {
  const requests = nodes.flatMap((node) => node.requests);
  return requests.filter(({ name, args }) => name === 'CLUSTER' && args[0] === 'SLOTS').length;
}

/** Resolves when a node was asked for the map so often. */
export async function mapAsked(node: ScriptedNode, count: number): Promise<void> {
  while (mapsAsked(node) < count) await node.asked('CLUSTER', node.countOf('CLUSTER') + 1);
}

export async function until(what: string, condition: () => boolean): Promise<void> {
  await waitFor(what, () => condition() || undefined, { every: 2 });
}

export function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.catch((reason: unknown) => reason);
}

export function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
