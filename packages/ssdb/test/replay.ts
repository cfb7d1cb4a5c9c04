import { setTimeout as sleep } from 'node:timers/promises';
import { isKvError } from '@kv/core';
import type { createConnection, SsdbConnection } from '../src/index.ts';
import { block, blockText, recordedScenarios, type Scenario, type Step } from './vectors.ts';

/** One recorded reply as a client sees it: `[status, …blocks]`, also for refusals. */
export type Seen = readonly string[];

/** The scenarios with the steps that a client can send; framing, other protocols and streams are tested elsewhere. */
export const replayableScenarios: readonly Scenario[] = recordedScenarios()
  .map((scenario) => ({ ...scenario, steps: scenario.steps.filter(isSent) }))
  .filter(({ steps }) => steps.length > 0);

/** Those that give the same on a server. In the one left out, data depends on requests that no client sends. */
export const liveScenarios: readonly Scenario[] = replayableScenarios.filter(
  ({ name }) => name !== 'pipeline-malformed',
);

function isSent({ raw, redisProtocol, endsConnection }: Step): boolean {
  return !raw && !redisProtocol && !endsConnection;
}

/** What was recorded; of volatile replies the status only, of refusals the text without spaces around it. */
export function recorded({ decoded = [], volatile }: Step): Seen {
  if (volatile) return decoded.slice(0, 1).map(blockText);
  const blocks = decoded.map(blockText);
  return blocks[0] === 'ok' ? blocks : blocks.map((text) => text.trim());
}

/** What happens when a step is sent as a raw call. */
export async function send(connection: SsdbConnection, { command = '', args = [], volatile }: Step): Promise<Seen> {
  try {
    const { status, body } = await connection.execute(command, ...args.map(block));
    return volatile ? [status] : [status, ...(body as string[])];
  } catch (error) {
    if (!isKvError(error) || error.code !== 'REPLY') throw error;
    const { status = '', message } = error as { status?: string; message: string };
    return message === status ? [status] : [status, message.slice(status.length + 2)];
  }
}

/** Steps that were recorded with one write stay together. */
export function batches(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last !== undefined && step.batch !== undefined && last[0]?.batch === step.batch) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

/** Runs a scenario; returns what came back, step by step. */
export async function replay(
  steps: readonly Step[],
  open: () => ReturnType<typeof createConnection>,
  wait: (ms: number) => Promise<void> | void = sleep,
): Promise<Seen[]> {
  const connections = new Map<string, SsdbConnection>();
  const seen: Seen[] = [];
  try {
    for (const group of batches(steps)) {
      const [{ conn = 'a', waitMs = 0 } = {}] = group;
      if (waitMs > 0) await wait(waitMs);
      const connection = connections.get(conn) ?? (await open());
      connections.set(conn, connection);
      seen.push(...(await Promise.all(group.map((step) => send(connection, step)))));
    }
  } finally {
    await Promise.all([...connections.values()].map((connection) => connection.close()));
  }
  return seen;
}
