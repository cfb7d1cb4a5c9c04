/** The errors that end a connection, with a hint when one side speaks TLS and the other does not. */
import { ConnectionError, isKvError, type KvError, ProtocolError } from '../errors.ts';
import { isTlsRecord, speaksTls } from '../transport/tls-hints.ts';
import type { Address } from '../transport/transport.ts';

/** The error of a connection that the other side ended. @param heard whether anything had come on it */
export function lossOf(address: Address, heard: boolean, cause: Error | undefined): KvError {
  const isPlain = !('connect' in address) && address.tls === undefined;
  const hint = heard || !isPlain ? '' : ' before the server said anything, as it is by a port that expects TLS';
  return new ConnectionError(`The connection was lost${hint}`, cause === undefined ? {} : { cause });
}

/** The error of bytes that are no replies. @param bytes absent: the wire has them @param heard whether anything came before */
export function unreadable(bytes: Uint8Array | undefined, heard: boolean, cause: unknown): KvError {
  return !heard && bytes !== undefined && isTlsRecord(bytes) ? speaksTls(cause) : undecodable(cause);
}

/** A wire may give up its connection with an error of its own, also from within its decoder; all else was about the bytes. */
function undecodable(cause: unknown): KvError {
  if (isKvError(cause)) return cause;
  if (!(cause instanceof Error)) return new ProtocolError(`Malformed reply: ${String(cause)}`, { cause });
  return isKvError(cause.cause) ? cause.cause : new ProtocolError(`Malformed reply: ${cause.message}`, { cause });
}
