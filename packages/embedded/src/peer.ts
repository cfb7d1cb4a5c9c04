/** The client at the other end of a connection, as a server sees it: a socket or the in-process transport. */
export interface Peer {
  /** Where the client is, for lists of clients; for example `127.0.0.1:50000`. */
  readonly name: string;
  /** True while the client takes no more; `Session.drained` tells when that ends. */
  readonly full: boolean;
  /** Bytes written that the client has not taken yet. */
  readonly pending: number;
  /** The client's IP address; `127.0.0.1` in memory and on a unix socket. */
  readonly host: string;
  write(bytes: Uint8Array): void;
  /** Stops `Session.data`. */
  pause(): void;
  resume(): void;
  /** Closes the connection once everything written has gone out; input is ignored from now on. */
  end(): void;
  /** Closes the connection at once. */
  destroy(): void;
}

/** The server's half of one connection. */
export interface Session {
  /** Bytes arrived; the buffer is valid during the call only. */
  data(bytes: Uint8Array): void;
  /** The client takes bytes again. */
  drained(): void;
  /** The client sends nothing more (half-close). */
  ended(): void;
  /** The connection is gone; called once. */
  closed(): void;
}

/** A server without its sockets. */
export interface Service {
  accept(peer: Peer): Session;
  /** Ends every session. */
  close(): void;
}
