import type { AnyCommand } from '../command/command.ts';
import { Command, spec } from '../command/command.ts';
import type { SendOptions } from '../command/executor.ts';
import type { ConnectionPool } from '../pool/keyed-pool.ts';
import type { Defaults } from '../pool/lease.ts';
import { markBulk } from '../request/bulk-requests.ts';
import { Request } from '../request/request.ts';
import type { RequestTracker } from '../request/request-tracker.ts';

/** Stands for the wait for a connection, in errors and statistics. */
export const acquireLabel: AnyCommand = new Command(spec('acquire', 0), [], (raw) => raw);

/** The request of a call. */
export function requestOf(
  command: AnyCommand,
  options: SendOptions,
  defaults: Defaults,
  tracker: RequestTracker,
): Request {
  const bytes = command.bytes || options.bytes === true;
  const request = new Request(command, bytes, options.retry ?? defaults.retry, tracker);
  if (options.route !== undefined) request.route = options.route;
  if (options.bulk === true) markBulk(request);
  return request;
}

/**
 * Commands of the library's own. They are sent also while the client closes, and do not count against `maxQueueBytes` or
 * in the statistics: a full queue must not end what keeps connections and subscriptions alive.
 */
export class InternalCalls {
  readonly tracker: RequestTracker;
  readonly #defaults: Defaults;

  constructor(tracker: RequestTracker, defaults: Defaults) {
    this.tracker = tracker;
    this.#defaults = defaults;
  }

  /** Sends a command by the given way. */
  send<T>(command: AnyCommand<T>, options: SendOptions, submit: (request: Request) => void): Promise<T> {
    const request = requestOf(command, options, this.#defaults, this.tracker);
    const promise = request.promise<T>();
    this.open(request, options, submit);
    return promise;
  }

  /** Sends a command on a connection of a pool. */
  sendOn<T>(pool: ConnectionPool, command: AnyCommand<T>, options: SendOptions = {}): Promise<T> {
    return this.send(command, options, (request) => pool.submit(request));
  }

  /** Enters a request, and hands it over where it is taken. */
  open(request: Request, { timeout, signal }: SendOptions, submit: (request: Request) => void): void {
    const refused = this.tracker.open(request, timeout ?? this.#defaults.timeout, signal);
    if (refused === undefined) submit(request);
  }
}
