import {
  type Backoff,
  type Engine,
  type Identity,
  identityOf,
  type KvError,
  type Lease,
  type StateChange,
} from '@kv/core';

/** Where a subscriber gets its connections from, and what it has to know of the client behind them. */
export interface ConnectionSource {
  /** Opens a dedicated connection. Tries until it succeeds, the signal is aborted, or the server refuses the login. */
  open(signal: AbortSignal): Promise<Lease>;
  /** The client, for diagnostics. */
  readonly identity: Identity;
  /** Why the last attempt failed; `undefined` after a success. */
  readonly lastError: KvError | undefined;
  /** How long `subscribe()` waits unless its caller says otherwise, ms; 0 = without a limit. */
  readonly timeout: number;
  /** How long to wait before an attempt after another has failed for good. */
  readonly backoff: Backoff;
  /** Whether the client closes or is closed: nothing can be opened any more. */
  readonly closed: boolean;
  /** Keeps the process alive and hears when the client closes, until the function that it returns is called. */
  hold(closing: () => void): () => void;
}

/** Connections to the server of a client. They are not counted in `maxQueueBytes`. */
export function sourceOf(client: Engine): ConnectionSource {
  const open = (signal: AbortSignal): Promise<Lease> => {
    client.connect().catch(() => undefined); // the state of a client that only subscribes is that of its server
    return client.acquireInternal({ timeout: 0, signal }, 'streams');
  };
  return sourceWith(client, open, () => {
    const [endpoint] = client.endpoints;
    return endpoint?.streams.lastError ?? endpoint?.shared.lastError;
  });
}

/** Connections of a client that are opened in a way of their own. */
export function sourceWith(
  client: Engine,
  open: ConnectionSource['open'],
  lastError: () => KvError | undefined,
): ConnectionSource {
  return {
    open,
    get lastError() {
      return lastError();
    },
    identity: identityOf(client.setup),
    timeout: client.defaults.timeout,
    backoff: client.setup.backoff,
    get closed() {
      return client.state === 'closing' || client.state === 'closed';
    },
    hold: (closing) => hold(client, closing),
  };
}

function hold(client: Engine, closing: () => void): () => void {
  const listener = ({ to }: StateChange): void => {
    if (to === 'closing') closing();
  };
  client.tracker.hold();
  client.on('state', listener);
  return () => {
    client.tracker.unhold();
    client.off('state', listener);
  };
}
