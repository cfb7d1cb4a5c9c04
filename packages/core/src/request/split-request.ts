/** One call of a user's that takes several requests: one per server, or one per part of the data. */

import { outcomeOf } from '../command/batch-results.ts';
import type { Settled } from '../command/executor.ts';
import { type CallPart, PartialError } from '../command/partial-error.ts';
import { isKvError, type KvError } from '../errors.ts';
import { Batch, type Request } from './request.ts';
import { endOfPart } from './request-errors.ts';
import { settle } from './settle.ts';

/** One part of a request. */
export interface RequestPart {
  /** A request of the library's own, not opened and not submitted. */
  readonly request: Request;
  /** Which keys of the call it has, counted from 0; empty for a call without keys. */
  readonly keys: readonly number[];
  /** Name or address of its server, for the error when it fails. */
  readonly server?: string | undefined;
}

/** Errors that end the whole call: their messages differ from part to part, but they say the same. */
const OF_THE_CALL: ReadonlySet<string> = new Set(['TIMEOUT', 'ABORTED', 'CLOSED']);

/**
 * Makes a request wait for its parts. The caller submits the parts afterwards, alone or in units.
 *
 * The deadline and the signal of the request end all parts that are still open. When all parts have ended, `done` turns
 * what became of them into the reply that one server would have given, or throws. Its reply goes through the transform
 * of the request's command, like every reply. Until then the request counts against `maxQueueBytes`; its parts do not.
 *
 * @param done gets the ends of the parts, in their order; see {@link repliesOf}
 * @example splitRequest(request, parts, (results) => sumOf(repliesOf('DEL', parts, results)))
 */
export function splitRequest(
  request: Request,
  parts: readonly RequestPart[],
  done: (results: readonly Settled[]) => unknown,
): void {
  let ended: KvError | undefined;
  const batch = new Batch(parts.length, (results) => {
    request.attempts = parts.reduce((most, part) => Math.max(most, part.request.attempts), 0);
    const error = errorOfCall(results, ended);
    if (error === undefined) finish(request, results, done);
    else request.fail(error);
  });
  for (const [i, part] of parts.entries()) {
    part.request.joins(batch, i);
    part.request.tracker.open(part.request, 0, undefined);
  }
  request.cancel = (error) => {
    ended = error;
    for (const { request: part } of parts) endPart(part, endOfPart(part, error));
  };
}

/** A part may have parts of its own, which end first. */
function endPart(part: Request, error: KvError): void {
  if (part.cancel !== null) part.cancel(error);
  else part.tracker.cancel(part, error);
}

function finish(request: Request, results: readonly Settled[], done: (results: readonly Settled[]) => unknown): void {
  let reply: unknown;
  try {
    reply = done(results);
  } catch (error) {
    return request.fail(error as Error);
  }
  settle(request, reply);
}

/** The error of a call of which no part says more than the call itself. */
function errorOfCall(results: readonly Settled[], ended: KvError | undefined): KvError | undefined {
  const errors = results.map((result) => (result.ok ? undefined : result.error));
  const [first] = errors;
  if (ended?.code === 'ABORTED') return withOutcome(ended, results);
  if (!isKvError(first) || !errors.every((error) => saysTheSame(error, first))) return undefined;
  return withOutcome(first, results);
}

function saysTheSame(error: Error | undefined, first: KvError): boolean {
  if (!isKvError(error) || error.code !== first.code) return false;
  return OF_THE_CALL.has(first.code) || error.message === first.message;
}

/** A part that was done leaves the call half done: of the whole it is not known whether it ran. */
function withOutcome(error: KvError, results: readonly Settled[]): KvError {
  const outcome = results.some(({ ok }) => ok) ? 'unknown' : outcomeOf(results);
  error.outcome = outcome;
  for (const result of results) {
    if (!result.ok && isKvError(result.error)) error.attempts = Math.max(error.attempts, result.error.attempts);
  }
  return error;
}

/**
 * The replies of all parts.
 *
 * @param name of the command, for the error
 * @param partValue what the error says of a part that was done; default: its reply as it is
 * @throws PartialError when a part failed
 */
export function repliesOf(
  name: string,
  parts: readonly Pick<RequestPart, 'keys' | 'server'>[],
  results: readonly Settled[],
  partValue: (reply: unknown, part: number) => unknown = (reply) => reply,
): unknown[] {
  if (results.every(({ ok }) => ok)) return results.map((result) => (result as { readonly value: unknown }).value);
  throw new PartialError(
    name,
    results.map((result, i): CallPart => {
      const { keys = [], server } = parts[i] ?? {};
      return result.ok ? { keys, server, value: partValue(result.value, i) } : { keys, server, error: result.error };
    }),
  );
}
