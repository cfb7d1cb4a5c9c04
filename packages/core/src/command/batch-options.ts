import type { BatchKind, BatchOptions, SendOptions } from './executor.ts';

/**
 * The options of a call, for commands that are sent as a unit. Field by field, because `...options` takes 30 times as
 * long (Node 20). The type makes a field that is forgotten an error of the compiler.
 */
export function unitOptions(
  options: SendOptions,
  kind?: BatchKind,
): Record<keyof BatchOptions, unknown> & BatchOptions {
  const { timeout, signal, bytes, retry, route, bulk } = options;
  return { timeout, signal, bytes, retry, route, bulk, unit: true, kind };
}
