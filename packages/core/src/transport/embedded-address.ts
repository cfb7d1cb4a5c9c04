import { ArgumentError } from '../errors.ts';
import type { ParsedAddress } from './address.ts';
import type { Address, Connect } from './transport.ts';

/** The part of `@kv/embedded`, an optional peer of the clients, that they use. */
export interface EmbeddedServers {
  connectEmbedded(protocol: string, name?: string): { readonly connect: Connect };
}

/**
 * The address itself, or for `embedded:` one that loads the servers when it is first connected to. The caller hands in
 * the `import()`, because core depends on nothing.
 */
export function reachable(
  { embedded }: ParsedAddress,
  address: Address,
  protocol: string,
  load: () => Promise<EmbeddedServers>,
): Address {
  if (embedded === undefined) return address;
  let server: Promise<{ readonly connect: Connect }> | undefined;
  return {
    connect: async (to, on, signal) => {
      server ??= start(load, protocol, embedded);
      return (await server).connect(to, on, signal);
    },
  };
}

async function start(
  load: () => Promise<EmbeddedServers>,
  protocol: string,
  name: string,
): Promise<{ readonly connect: Connect }> {
  const servers = await load().catch((cause: unknown) => {
    throw new ArgumentError('address: embedded: needs the package @kv/embedded', { cause });
  });
  return servers.connectEmbedded(protocol, name === '' ? undefined : name);
}
