import { encodeCommand } from '@kv/ssdb-parser';

/** What a client without a password says first on every connection, and the answer of a server that serves it. */
export const greeting: { readonly request: Uint8Array; readonly reply: Uint8Array } = {
  request: encodeCommand('ping'),
  reply: encodeCommand('ok'),
};
