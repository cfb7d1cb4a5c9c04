import type { KeyValue } from '@kv/core';

/** A server and a client on it. */
export interface KeyValueBackend {
  /** A `KeyValue` on the client. */
  readonly open: (prefix: string) => KeyValue;
  /** The same on a view of the client that gives bytes. */
  readonly openBytes: (prefix: string) => KeyValue<Uint8Array>;
  /** Moves the server's clock, where the server can do that; else the cases wait. */
  readonly advance?: ((ms: number) => void) | undefined;
  readonly close: () => Promise<void>;
}

/** What cases begin with: every prefix is new, because a named server is somebody else's. */
export interface Start {
  /** The backend; there from the first case on. */
  readonly backend: () => KeyValueBackend;
  readonly prefix: () => string;
  /** A `KeyValue` below a new prefix. */
  readonly fresh: () => KeyValue;
}

/** Everything that an async iterable gives. */
export async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** How a call ended: `'done'`, or the code of its error. */
export async function ending(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
}
