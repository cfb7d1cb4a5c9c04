/** What becomes of requests whose connection was lost. */

import { ClosedError, ConnectionError, type KvError, ProtocolError } from '../errors.ts';
import type { Request } from './request.ts';
import { serverName } from './server-name.ts';

/** Whether a request that was written, or the unit that it belongs to, may be written once more. */
function mayRepeat({ unit, repeatable }: Request): boolean {
  if (unit === null) return repeatable;
  return unit.members.every((member) => !member.settled && member.repeatable);
}

/** The end of one request because of something that ended many: same kind, its own name and outcome. */
export function ended(request: Request, error: KvError, outcome: 'notSent' | 'unknown'): KvError {
  const command = request.command.spec.name;
  const seen = request.attempts > 0 ? 'unknown' : outcome;
  const details = { command, attempts: request.attempts, outcome: seen, cause: error } as const;
  const what = seen === 'unknown' ? 'it is not known whether it ran' : 'it was not sent';
  const server = serverName(request);
  const message = `${command}: ${error.message}${server === undefined ? '' : ` (${server})`}; ${what}`;
  if (error.code === 'CLOSED') return new ClosedError(message, details);
  if (error.code === 'PROTOCOL') return new ProtocolError(message, details);
  return new ConnectionError(message, details);
}

/**
 * Ends the requests of a lost connection that cannot go on, and returns those that can, in their order.
 *
 * @param closed why nothing can: the pool is closed
 */
export function survivors(
  written: readonly Request[],
  waiting: readonly Request[],
  error: KvError,
  closed: KvError | undefined,
): Request[] {
  const again: Request[] = [];
  for (const request of written) lostWritten(request, error, closed, again);
  for (const request of waiting) {
    if (request.pinned || closed !== undefined) request.fail(ended(request, closed ?? error, 'notSent'));
    else {
      request.connection = null;
      again.push(request);
    }
  }
  return again;
}

function lostWritten(request: Request, error: KvError, closed: KvError | undefined, again: Request[]): void {
  if (request.settled || request.connection === null) return; // it went with the rest of its unit
  const members = request.unit?.members ?? [request];
  if (closed !== undefined || !mayRepeat(request)) {
    for (const member of members) member.fail(ended(member, closed ?? error, 'unknown'));
    return;
  }
  request.unit?.restart();
  for (const member of members) {
    member.tracker.requeued(member);
    again.push(member);
  }
}
