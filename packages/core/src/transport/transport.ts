import type { Signal } from '../abort-signal.ts';
import type { Arg } from '../command/command.ts';

/** Where a server is. */
export type Address =
  | { readonly host: string; readonly port: number; readonly tls?: TlsOptions | undefined }
  | { readonly path: string; readonly tls?: TlsOptions | undefined }
  | { readonly connect: Connect };

/** Text or bytes of a certificate or key, or several. */
type Certificates = string | Uint8Array | readonly (string | Uint8Array)[];

/** Options of `node:tls` that make sense for a client; `true` in an address means the defaults. */
export interface TlsOptions {
  /** Certificates to trust instead of those of Node: PEM, the content of the file and not its path. */
  readonly ca?: Certificates | undefined;
  /** The certificate of the client, where the server asks for one. PEM, with `key`. */
  readonly cert?: Certificates | undefined;
  readonly key?: Certificates | undefined;
  /** Certificate and key of the client in one, instead of `cert` and `key`. */
  readonly pfx?: Certificates | undefined;
  readonly crl?: Certificates | undefined;
  readonly passphrase?: string | undefined;
  /** Name to verify and to send as SNI; default: the host. */
  readonly servername?: string | undefined;
  /**
   * `false` accepts any certificate; it is for tests.
   *
   * @default true
   */
  readonly rejectUnauthorized?: boolean | undefined;
  /** Judges the certificate of the server in place of the comparison of names; an error refuses it. */
  readonly checkServerIdentity?: ((host: string, certificate: never) => Error | undefined) | undefined;
  readonly ciphers?: string | undefined;
  readonly minVersion?: TlsVersion | undefined;
  readonly maxVersion?: TlsVersion | undefined;
}

/** Versions of TLS as `node:tls` names them. */
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

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
  /**
   * Asked before a read: where its bytes are to go, for transports that can choose. `undefined`, or no such method:
   * anywhere. What is read into it is told by `filled` and not by `data`.
   */
  room?(): Uint8Array | undefined;
  /** So many bytes arrived, at the beginning of the memory that {@link room} returned last. */
  filled?(length: number): void;
  /** Writing may go on. */
  drain(): void;
  /** The stream is over; called exactly once, also after `destroy`. */
  close(error?: Error): void;
  /** What is being done to open it, such as `TLS handshake`: named in the messages of timeouts. */
  phase?(name: string): void;
}

/**
 * Opens a transport. Rejects when that fails or the signal aborts; never calls events before it resolved, except for
 * `phase`.
 */
export type Connect = (address: Address, on: TransportEvents, signal: Signal) => Promise<Transport>;
