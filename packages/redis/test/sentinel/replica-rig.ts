/** What tests share that decide what sentinels and replicas say. */
import type { ScriptedNode } from '@kv/testkit/topology/scripted-node';
import type { Redis } from '../../src/index.ts';
import { type ScriptedReplica, ScriptedRig } from './scripted-sentinel.ts';

export type Servers = readonly [ScriptedNode, ScriptedNode, ScriptedNode];

/** One primary and two replicas. */
export async function withRig(run: (rig: ScriptedRig, servers: Servers) => Promise<void>): Promise<void> {
  await using rig = await ScriptedRig.start(3, 3);
  const servers = rig.servers as unknown as Servers;
  say(rig, servers[0], [{ node: servers[1] }, { node: servers[2] }]);
  await run(rig, servers);
}

/** What all sentinels say. */
export function say(rig: ScriptedRig, primary: ScriptedNode, replicas: readonly ScriptedReplica[]): void {
  for (const sentinel of rig.sentinels) {
    sentinel.epoch += sentinel.names === primary ? 0 : 1;
    sentinel.names = primary;
    sentinel.replicas = replicas;
  }
}

/** A message that makes the client ask. */
export function hint(rig: ScriptedRig): void {
  for (const sentinel of rig.sentinels) sentinel.publish('+sdown', 'slave x 1.2.3.4 1 @ main 1.2.3.4 2');
}

/** The addresses of the servers that answered; each of the scripted servers answers GET with its own. */
export async function readers(redis: Redis, count = 6): Promise<string[]> {
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => redis.get(`k${i}`)));
  return [...new Set(answers.map(String))].sort();
}

/** Addresses in the order of {@link readers}. */
export const addresses = (...nodes: readonly ScriptedNode[]): string[] => nodes.map(({ address }) => address).sort();
