import { ArgumentError } from '../errors.ts';
import type { ParsedAddress } from './address.ts';
import type { Address, Connect } from './transport.ts';

/** The part of `@kv/embedded`, an optional peer of the clients, that they use. */
export interface EmbeddedServers {
  connectEmbedded(protocol: string, name?: string): { readonly connect: Connect };
}

/**
 * The address itself, or for `embedded:` one that loads the servers when it is first connected to. The caller hands in
 * the `import()` (which is a `require()` in CommonJS builds), because core depends on nothing.
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
    throw new ArgumentError(whyNotLoaded(cause), { cause });
  });
  return servers.connectEmbedded(protocol, name === '' ? undefined : name);
}

/** A package that is there but fails, or that the loader may not load, is another matter than one that is missing. */
function whyNotLoaded(cause: unknown): string {
  const text = String((cause as Partial<Error> | undefined)?.message ?? cause);
  const missing = /Cannot find (module|package) ['"]@kv\/embedded['"]/.test(text);
  return missing
    ? 'address: embedded: needs the package @kv/embedded'
    : `address: embedded: @kv/embedded could not be loaded: ${text}`;
}
