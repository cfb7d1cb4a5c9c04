/** What a mix-up of TLS and plain connections looks like from either side. */
import { ConnectionError } from '../errors.ts';

/** One side speaks TLS and the other does not: the next attempt would end in the same way. */
export class TlsMismatchError extends ConnectionError {}

/** Types of TLS records that a server sends first. */
const ALERT = 0x15;
const HANDSHAKE = 0x16;

/** What OpenSSL calls bytes that are not TLS. */
const NOT_TLS = /wrong version number|packet length too long|unknown protocol|http request|record overflow/;

/** Whether bytes begin as a TLS record. */
export function isTlsRecord(bytes: Uint8Array): boolean {
  const [type, version] = bytes;
  return (type === ALERT || type === HANDSHAKE) && version === 3;
}

/** The end of a TLS socket before it was secure: a server without TLS answers in its own protocol, or hangs up. */
export function endOfTlsHandshake(cause: Error & { readonly code?: unknown }): Error {
  if (NOT_TLS.test(cause.message))
    return new TlsMismatchError('TLS handshake: the server answered without TLS; its port expects plain connections', {
      cause,
    });
  if (cause.code !== 'ECONNRESET' && cause.code !== 'EPIPE') return cause;
  return new ConnectionError('TLS handshake: the server closed the connection, as a port without TLS may do', {
    cause,
  });
}

/** The error of a connection without TLS whose first bytes are those of TLS. @param cause why they were no reply */
export function speaksTls(cause: unknown): TlsMismatchError {
  return new TlsMismatchError('The server speaks TLS, which the address does not ask for', { cause });
}
