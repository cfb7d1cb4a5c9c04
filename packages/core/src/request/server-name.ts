import type { Request } from './request.ts';

/** Address of the server that a request was sent to, for messages; undefined where its client has one server. */
export function serverName({ connection }: Request): string | undefined {
  if (connection === null) return undefined;
  const { addressText, internals } = connection.setup;
  return addressText === internals.identity.address ? undefined : addressText;
}
