/** What becomes of requests whose connection was lost. */

import { ClosedError, ConnectionError, type KvError, ProtocolError } from '../errors.ts';
import type { Request } from './request.ts';
import { serverName } from './server-name.ts';

/** Whether a request that was written, or the unit that it belongs to, may be written once more. */
export function mayRepeat({ unit, repeatable }: Request): boolean {
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
