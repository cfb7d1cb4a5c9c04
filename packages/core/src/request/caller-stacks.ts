import type { Request } from './request.ts';

/** The library's own frames between a call and its entry, beyond those of the user. */
const OWN_FRAMES = 8;

/** A captured stack; V8 makes its text when it is read. */
interface Captured {
  readonly stack: string;
}

/**
 * Where calls were made, for the errors that they end with: a reply or a timeout comes from the event loop, and its stack
 * shows only that.
 */
export class CallerStacks {
  readonly #captured = new WeakMap<Request, Captured>();

  /** A call was taken; its caller is on the stack. */
  called(request: Request): void {
    const captured = {};
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = limit + OWN_FRAMES;
    Error.captureStackTrace(captured, this.called);
    Error.stackTraceLimit = limit;
    this.#captured.set(request, captured as Captured);
  }

  /** A call ends with an error, which gets the frames of its caller in place of those of the event loop. */
  failed(request: Request, error: Error): void {
    const captured = this.#captured.get(request);
    if (captured === undefined) return;
    const frames = captured.stack.slice(captured.stack.indexOf('\n    at '));
    error.stack = `${String(error)}${frames}`;
  }
}
