import { type CallOptions, Command, type Engine, Flag, type OptionRules, Rule, readOptions, spec } from '@kv/core';
import { asIs } from '../commands/support/replies.ts';
import { type MonitoredCommand, parseMonitorLine } from './monitor-line.ts';

const MONITOR = spec('MONITOR', Flag.stream);

/** How to watch the commands of a server. */
export interface MonitorOptions {
  /** Called when the server has confirmed it: every command that it runs from then on comes. */
  readonly onStart?: (() => void) | undefined;
}

const RULES: OptionRules = { onStart: Rule.function };

/** Every command that the server runs, on a dedicated connection, until `left` resolves. @throws ArgumentError */
export async function* monitor(
  client: Engine,
  call: CallOptions,
  options: MonitorOptions,
  left: Promise<void>,
): AsyncGenerator<MonitoredCommand, void, undefined> {
  const { onStart } = readOptions(RULES, options, new Map());
  await using frames = await client.stream(new Command(MONITOR, [], asIs), call);
  void left.then(() => frames.return());
  const { done } = await frames.next(); // OK: it begins
  if (done === true) return;
  onStart?.();
  for await (const frame of frames) yield parseMonitorLine(String(frame));
}
