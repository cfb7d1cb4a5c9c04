import type { Arg } from '../command/command.ts';

/** Where a server is. */
export type Address =
  | { readonly host: string; readonly port: number; readonly tls?: TlsOptions | undefined }
  | { readonly path: string; readonly tls?: TlsOptions | undefined }
  | { readonly connect: Connect };

/** Options of `node:tls` that make sense for a client; `true` in an address means the defaults. */
export type TlsOptions = {
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  readonly cert?: string | Uint8Array | undefined;
  readonly key?: string | Uint8Array | undefined;
  readonly passphrase?: string | undefined;
  /** Name to verify and to send as SNI; default: the host. */
  readonly servername?: string | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
};

/** A byte stream to a server. */
export interface Transport {
  /** Takes all chunks, in order. `false`: please stop until `drain`. */
  write(chunks: readonly Arg[]): boolean;
  /** Stop calling `data` soon; what has been read may still come. */
  pause(): void;
  resume(): void;
  /** Orderly end: what was written still goes out. */
  end(): void;
  /** End now. `close` is called once, later. */
  destroy(error?: Error): void;
}

/** What a transport calls. */
export interface TransportEvents {
  /** Bytes arrived; the buffer is valid during the call only. */
  data(bytes: Uint8Array): void;
  /** Writing may go on. */
  drain(): void;
  /** The stream is over; called exactly once, also after `destroy`. */
  close(error?: Error): void;
}

/** Opens a transport. Rejects when that fails or the signal aborts; never calls events before it resolved. */
export type Connect = (address: Address, on: TransportEvents, signal: AbortSignal) => Promise<Transport>;
