/** Whether writes that store a result may be repeated. */
import { type Arg, Flag, type Spec } from '@kv/core';

function same(a: Arg, b: Arg): boolean {
  return typeof a !== 'string' || typeof b !== 'string' || a === b;
}

/**
 * The flags of a command that computes a result from sources and stores it: when the destination is one of the
 * sources, the second run computes something else (`SDIFFSTORE a b a`). Bytes are taken for equal, to be safe.
 */
export function storeFlags(spec: Spec, destination: Arg, sources: readonly Arg[]): number {
  return sources.some((source) => same(source, destination)) ? spec.flags & ~Flag.idempotent : spec.flags;
}
