import { type AnyCommand, type Arg, ArgumentError, type Request } from '@kv/core';
import { keySlot } from './slot.ts';

/** The slot of commands without keys. */
export const NO_SLOT = -1;

/**
 * The slot of a command: that of its keys, or of its shard channels. {@link NO_SLOT} when it has none.
 *
 * @throws ArgumentError when its keys are in several slots: no server has them all
 */
export function commandSlot({ spec, args }: Pick<AnyCommand, 'spec' | 'args'>): number {
  const { keys } = spec;
  if (keys === null) return NO_SLOT;
  if (typeof keys === 'function') return slotOfPositions(spec.name, keys(args), args);
  const last = keys.last < 0 ? args.length + keys.last : Math.min(keys.last, args.length - 1);
  let slot = NO_SLOT;
  for (let i = keys.first; i <= last; i += keys.step) slot = sameSlot(spec.name, slot, args[i]);
  return slot;
}

function slotOfPositions(name: string, positions: readonly number[], args: readonly Arg[]): number {
  let slot = NO_SLOT;
  for (const i of positions) slot = sameSlot(name, slot, args[i]);
  return slot;
}

function sameSlot(name: string, slot: number, key: Arg | undefined): number {
  if (key === undefined) return slot;
  const own = keySlot(key);
  if (slot === NO_SLOT || slot === own) return own;
  throw new ArgumentError(
    `${name}: its keys are in several slots; keys with the same hash tag, such as {user:1}:a and {user:1}:b, are in one`,
    { command: name },
  );
}

/**
 * The slot of a unit: that of its members with keys.
 *
 * @throws ArgumentError when they are in several slots
 */
export function unitSlot(members: readonly Request[]): number {
  let slot = NO_SLOT;
  for (const { command } of members) {
    const own = commandSlot(command);
    if (own === NO_SLOT || own === slot) continue;
    if (slot !== NO_SLOT) throw severalSlots(command.spec.name);
    slot = own;
  }
  return slot;
}

function severalSlots(command: string): ArgumentError {
  return new ArgumentError(
    `${command}: its keys are in another slot than those before it; in a transaction all keys need the same hash tag, such as {user:1}:a and {user:1}:b`,
    { command },
  );
}
