import { type Address, ArgumentError, type Connect, type ParsedAddress } from '@kv/core';

/** The address itself, or for `embedded:` one that loads `@kv/embedded` when it is first connected to. */
export function reachable({ embedded }: ParsedAddress, address: Address): Address {
  if (embedded === undefined) return address;
  let server: Promise<{ readonly connect: Connect }> | undefined;
  return {
    connect: async (to, on, signal) => {
      server ??= load(embedded);
      return (await server).connect(to, on, signal);
    },
  };
}

async function load(name: string): Promise<{ readonly connect: Connect }> {
  try {
    const { connectEmbedded } = await import('@kv/embedded');
    return connectEmbedded('ssdb', name === '' ? undefined : name);
  } catch (cause) {
    throw new ArgumentError('address: embedded: needs the package @kv/embedded', { cause });
  }
}
