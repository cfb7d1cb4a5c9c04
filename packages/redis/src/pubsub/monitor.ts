import { type CallOptions, Command, type Engine, Flag, spec } from '@kv/core';
import { asIs } from '../commands/support/replies.ts';
import { type MonitoredCommand, parseMonitorLine } from './monitor-line.ts';

const MONITOR = spec('MONITOR', Flag.stream);

/** Every command that the server runs, on a dedicated connection, until the loop is left. */
export async function* monitor(client: Engine, call: CallOptions): AsyncGenerator<MonitoredCommand, void, undefined> {
  await using frames = await client.stream(new Command(MONITOR, [], asIs), call);
  await frames.next(); // OK: it begins
  for await (const frame of frames) yield parseMonitorLine(String(frame));
}
