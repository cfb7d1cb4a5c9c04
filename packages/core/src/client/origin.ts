/** What clients and pools were made from, kept with their engines, so that `duplicate()` can make further ones. */
import { ArgumentError } from '../errors.ts';
import { givenOptions } from '../options/option-rules.ts';
import type { ParsedAddress } from '../transport/address.ts';
import type { Address } from '../transport/transport.ts';
import type { Engine } from './engine.ts';
import { type CallOptions, type CommonOptions, mergeCallOptions } from './options.ts';

/** One server, and how it is reached. */
export interface ReadAddress {
  readonly parsed: ParsedAddress;
  readonly address: Address;
}

/** What address and options were read to. */
export interface ReadOrigin extends ReadAddress {
  /** Set where several servers were given. */
  readonly servers?: readonly ReadAddress[] | undefined;
}

/** Address and options as the user gave them, and what they were read to. */
export interface Origin<A, O extends object, R extends ReadOrigin> {
  readonly address: A;
  readonly options: O;
  readonly read: R;
}

/** Keeps with an engine what it was made from, and gives the engine. */
export function keepOrigin<E extends Engine>(engine: E, origin: Origin<unknown, object, ReadOrigin>): E {
  Object.assign(engine.extension, { origin });
  return engine;
}

/**
 * What a further client or pool is made from: the same, with `more` in place of its options.
 *
 * @param read reads address and options
 * @throws ArgumentError for a wrong option, and for a view of one server
 */
export function duplicateOrigin<A, O extends object, R extends ReadOrigin>(
  engine: Engine,
  more: O,
  read: (address: A, options: O) => R,
): Origin<A, O, R> {
  const { origin } = engine.extension as { readonly origin?: Origin<A, O, R> };
  if (origin === undefined)
    throw new ArgumentError('duplicate: expected a client or pool, not a view of one of its servers');
  const options = { ...origin.options, ...givenOptions(more) };
  return { address: origin.address, options, read: sameServers(read(origin.address, options), origin.read) };
}

/** Call options of a view, with what its duplicate is told otherwise. */
export function duplicateCall(
  call: CallOptions,
  { bytes = call.bytes, keyPrefix = call.keyPrefix }: Pick<CommonOptions & CallOptions, 'bytes' | 'keyPrefix'>,
): CallOptions {
  return mergeCallOptions(call, { bytes, keyPrefix });
}

/** A private server of `embedded:` is the same one for the duplicate. */
function sameServers<R extends ReadOrigin>(read: R, before: R): R {
  const servers = read.servers?.map((server, at) => sameServer(server, before.servers?.[at] ?? server));
  return sameServer(servers === undefined ? read : { ...read, servers }, before);
}

function sameServer<R extends ReadAddress>(read: R, before: ReadAddress): R {
  return read.parsed.embedded === undefined ? read : { ...read, address: before.address };
}
