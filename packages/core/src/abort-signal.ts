/** The type of abort signals, which does not depend on the libraries that a program is compiled with. */

/** What an `AbortSignal` looks like. */
export interface SignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * `AbortSignal`, as Node or the DOM declares it. A program without the types of both does not know that name, and
 * compiles with {@link SignalLike} instead.
 */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer S } } ? S : SignalLike;
