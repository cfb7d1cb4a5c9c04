/** What becomes of requests whose connection was lost. */

import { ClosedError, ConnectionError, type KvError, ProtocolError } from '../errors.ts';
import type { Request } from './request.ts';

/** Whether a request that was written, or the unit that it belongs to, may be written once more. */
export function mayRepeat({ unit, repeatable }: Request): boolean {
  if (unit === null) return repeatable;
  return !unit.isPartlyAnswered && unit.members.every((member) => !member.settled && member.repeatable);
}

/** The end of one request because of something that ended many: same kind, its own name and outcome. */
export function ended(request: Request, error: KvError, outcome: 'notSent' | 'unknown'): KvError {
  const command = request.command.spec.name;
  const seen = request.attempts > 0 ? 'unknown' : outcome;
  const details = { command, attempts: request.attempts, outcome: seen, cause: error } as const;
  const what = seen === 'unknown' ? 'it is not known whether it ran' : 'it was not sent';
  if (error.code === 'CLOSED') return new ClosedError(`${command}: ${error.message}; ${what}`, details);
  if (error.code === 'PROTOCOL') return new ProtocolError(`${command}: ${error.message}; ${what}`, details);
  return new ConnectionError(`${command}: ${error.message}; ${what}`, details);
}
