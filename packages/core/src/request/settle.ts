import { isKvError, ProtocolError } from '../errors.ts';
import type { Request } from './request.ts';

/** Gives a request the user value of its reply. */
export function settle(request: Request, raw: unknown): void {
  const { command } = request;
  let value: unknown;
  try {
    value = command.reply(raw, command);
  } catch (error) {
    return request.fail(replyFailure(error, request));
  }
  request.succeed(value);
}

/** An error reply, with the name of what it answers. */
export function refusal(error: Error, request: Request): Error {
  if (!isKvError(error)) return error;
  error.command = request.command.spec.name;
  error.attempts = request.attempts;
  return error;
}

/** The reply was well-formed but not what this command answers, or the command takes it for a refusal. */
export function replyFailure(error: unknown, request: Request): Error {
  if (isKvError(error)) return refusal(error, request);
  const { name } = request.command.spec;
  const details = { command: name, attempts: request.attempts, outcome: 'unknown', cause: error } as const;
  return new ProtocolError(`${name}: the reply has an unexpected form`, details);
}
