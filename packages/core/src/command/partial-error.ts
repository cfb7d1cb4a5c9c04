import { type ErrorDetails, isKvError, KvError } from '../errors.ts';
import { outcomeOf } from './batch-results.ts';

/** How one part of a call that went to several servers ended. */
export type CallPart = {
  /** Positions of its keys among the keys of the call, counted from 0; empty for a call without keys. */
  readonly keys: readonly number[];
  /** Name or address of its server, where each server has one part. */
  readonly server?: string | undefined;
} & ({ readonly value: unknown } | { readonly error: Error });

/**
 * A call that went to several servers, and at least one part of it failed. The other parts were done, and stay done.
 * `cause` is the first part's error. The outcome is `unknown` when that of any part is, and `notSent` only when that is
 * true of all.
 */
export class PartialError extends KvError {
  /** Per part the positions of its keys, and its value or its error. */
  readonly parts: readonly CallPart[];

  /** `command` names the command, never its arguments. */
  constructor(command: string, parts: readonly CallPart[]) {
    super('BATCH', `${command}: ${countsOf(parts)}`, detailsOf(command, parts));
    this.parts = parts;
  }
}

Object.defineProperty(PartialError.prototype, 'name', { value: 'PartialError', configurable: true, writable: true });

function failed(part: CallPart): part is CallPart & { readonly error: Error } {
  return 'error' in part;
}

function countsOf(parts: readonly CallPart[]): string {
  const bad = parts.filter(failed);
  const keys = keyCount(parts);
  const counts = `${bad.length} of ${parts.length} parts failed`;
  const withKeys = keys === 0 ? counts : `${counts} (${keyCount(bad)} of ${keys} keys)`;
  const servers = bad.map(({ server }) => server).filter((server) => server !== undefined);
  return servers.length === 0 ? withKeys : `${withKeys} on ${servers.join(', ')}`;
}

function keyCount(parts: readonly CallPart[]): number {
  return parts.reduce((sum, { keys }) => sum + keys.length, 0);
}

function detailsOf(command: string, parts: readonly CallPart[]): ErrorDetails {
  const errors = parts.filter(failed).map(({ error }) => error);
  const attempts = errors.map((error) => (isKvError(error) ? error.attempts : 0));
  const outcome = outcomeOf(parts.map((part) => (failed(part) ? { ok: false, ...part } : { ok: true, ...part })));
  return { command, outcome, attempts: Math.max(0, ...attempts), cause: errors[0] };
}
