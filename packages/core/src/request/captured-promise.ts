/** Fulfills a promise. */
export type Resolve = (value: unknown) => void;
/** Rejects a promise. */
export type Reject = (error: Error) => void;

/** The functions of the promise that was made last with {@link capture}. */
export const captured: { resolve: Resolve | null; reject: Reject | null } = { resolve: null, reject: null };

/** `new Promise(capture)` puts its functions there. It is one function for all promises: no closure per call. */
export function capture(resolve: (value: never) => void, reject: Reject): void {
  captured.resolve = resolve as Resolve;
  captured.reject = reject;
}
