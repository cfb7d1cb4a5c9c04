import type { AnyCommand } from '../command/command.ts';
import { asKvError, type KvError } from '../errors.ts';
import type { Redirect } from '../request/redirect.ts';
import type { Request } from '../request/request.ts';
import { refusal, replyFailure, settle } from '../request/settle.ts';
import type { Answer, Unit } from '../request/unit.ts';
import type { InFlight } from './in-flight.ts';
import type { ReplySink } from './protocol.ts';

/** What becomes of replies that do not simply settle their request. */
export interface AnsweredConnection {
  enqueue(request: Request): void;
  /** The server cannot serve the connection any more. */
  drain(error: KvError): void;
  /** Takes a request that the server refused without running it. */
  readonly owner: { requeued(request: Request): void };
  /** See the owner of a connection. */
  redirected(requests: readonly Request[], redirect: Redirect, error: KvError): boolean;
  /** Takes what answers no command. */
  pushed(raw: unknown): void;
}

/** Gives each reply of a connection to the request that it answers. The wire calls it. */
export class Replies implements ReplySink {
  /** Whether something was pushed since it was last set to false. */
  pushed = false;
  readonly #connection: AnsweredConnection;
  readonly #inFlight: InFlight;
  /** The refusal that comes next says that its command did not run. */
  #refusedUnrun = false;

  constructor(connection: AnsweredConnection, inFlight: InFlight) {
    this.#connection = connection;
    this.#inFlight = inFlight;
  }

  head(): Request | undefined {
    return this.#inFlight.peek();
  }

  reply(raw: unknown): void {
    const request = this.#inFlight.answered();
    if (request === undefined) return;
    if (request.command.spec.fallback !== undefined && this.#useFallback(request, raw)) return;
    if (request.unit !== null) return this.#memberAnswered(request.unit, { raw });
    settle(request, raw);
  }

  fail(error: Error, redirect?: Redirect): void {
    const notRun = this.#refusedUnrun;
    this.#refusedUnrun = false;
    const request = this.#inFlight.answered();
    if (request === undefined) return;
    if (request.command.spec.fallback !== undefined && this.#useFallback(request, error)) return;
    if (request.unit !== null) return this.#memberAnswered(request.unit, { error, redirect });
    if (redirect !== undefined && this.#redirected([request], redirect, error)) return;
    if (notRun && request.canRequeue) return this.#connection.owner.requeued(request);
    request.fail(request.cancelled ?? refusal(error, request));
  }

  drain(error: KvError): void {
    this.#refusedUnrun = true;
    this.#connection.drain(error);
  }

  push(raw: unknown): void {
    this.pushed = true;
    this.#connection.pushed(raw);
  }

  #redirected(requests: readonly Request[], redirect: Redirect, error: Error): boolean {
    if (!requests.every((request) => request.canRedirect)) return false;
    return this.#connection.redirected(requests, redirect, asKvError(error));
  }

  /** A unit is settled when its last reply is in: only then it is known whether it ran here. */
  #memberAnswered(unit: Unit<Request>, answer: Answer): void {
    if (!unit.answered(answer)) return;
    const refused = unit.redirect;
    if (refused !== undefined && this.#redirected(unit.members, refused.redirect, refused.error)) return;
    unit.settle((member, { raw, error }) => {
      if (error === undefined) settle(member, raw);
      else member.fail(member.cancelled ?? refusal(error, member));
    });
  }

  /** Sends what the command asks for in its place, if it asks; the promise stays. */
  #useFallback(request: Request, reply: unknown): boolean {
    let next: AnyCommand | undefined;
    try {
      if (request.unit === null) next = request.command.spec.fallback?.(reply, request.command);
    } catch (error) {
      request.fail(replyFailure(error, request));
      return true;
    }
    if (next === undefined) return false;
    request.command = next;
    request.attempts--; // the one before has been answered: nothing about it is unknown
    request.tracker.requeued(request);
    this.#connection.enqueue(request);
    return true;
  }
}
