import type { Signal } from '../abort-signal.ts';
import type { AnyCommand } from '../command/command.ts';
import type { KvError, Outcome } from '../errors.ts';
import { AbortedError, ArgumentError, QueueFullError, TimeoutError } from '../errors.ts';
import type { Request } from './request.ts';
import { serverName } from './server-name.ts';
import { LATE } from './timer-limits.ts';

function outcomeOf(request: Request): Outcome {
  return request.attempts > 0 ? 'unknown' : 'notSent';
}

function details(request: Request, cause: unknown): ConstructorParameters<typeof TimeoutError>[1] {
  const command = request.command.spec.name;
  return { outcome: outcomeOf(request), command, attempts: request.attempts, cause };
}

/** Says where the time went. */
export function timedOut(request: Request, now: number, lag: number): TimeoutError {
  const { startedAt, cause, command, exclusive } = request;
  const elapsed = `after ${now - startedAt} ms`;
  const where = request.written ? afterSending(request, now) : whileWaiting(request);
  const late = lag > LATE ? `; event loop blocked for ${Math.round(lag)} ms` : '';
  const what =
    exclusive !== null && cause === undefined && request.queue?.attempt === undefined
      ? `waiting for a connection (pool exhausted) ${elapsed}${late}`
      : `${elapsed} (${where}${late})`;
  return new TimeoutError(`${command.spec.name} timed out ${what}`, details(request, cause));
}

function afterSending(request: Request, now: number): string {
  const { startedAt, writtenAt, connection } = request;
  const server = serverName(request);
  const reply = server === undefined ? 'the reply' : `the reply from ${server}`;
  const waited = `queued ${writtenAt - startedAt} ms, waited ${now - writtenAt} ms for ${reply}`;
  if (connection === null) return waited;
  const { silence, load } = connection;
  return `${waited}; last byte received ${silence} ms ago; ${load} pending ${load === 1 ? 'reply' : 'replies'}`;
}

function whileWaiting({ cause, attempts, connection, pinned, queue }: Request): string {
  const attempt = queue?.attempt;
  const now = attempt === undefined ? '' : `; now ${attempt}`;
  if (cause !== undefined) return `not sent: ${cause.message}${now}`;
  if (attempts > 0) return `its connection was lost, and it was not sent again${now}`;
  if (connection !== null) return 'not sent: the connection accepts no more bytes';
  if (pinned) return 'not sent: waiting for an earlier blocking command';
  return `not sent: ${attempt ?? 'no connection was ready'}`;
}

/** Its signal fired. */
export function aborted(request: Request, { reason }: Pick<Signal, 'reason'>): AbortedError {
  return new AbortedError(`${request.command.spec.name} was aborted`, details(request, reason));
}

/** The end of a request because its deadline passed or its signal fired, as it is for a part of it. */
export function endOfPart(part: Request, error: KvError): KvError {
  if (error.code === 'TIMEOUT') return timedOut(part, part.tracker.clock.now(), 0);
  return error.code === 'ABORTED' ? aborted(part, { reason: error.cause }) : error;
}

/** Its arguments cannot be sent, or the queue has no room for them. */
export function notTaken(command: AnyCommand, size: number, maxQueueBytes: number): KvError {
  const { name } = command.spec;
  if (Number.isNaN(size)) return new ArgumentError(`${name}: an argument is neither text nor bytes`, { command: name });
  return new QueueFullError(`${name}: queue full (more than ${maxQueueBytes} bytes would wait to be sent)`, {
    command: name,
  });
}
