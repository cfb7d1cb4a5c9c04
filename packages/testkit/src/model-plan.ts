import { type FaultMix, type Faults, randomFaults } from './faults.ts';
import type { Random } from './random.ts';

/** One call that a client is asked to make. Every value names what it belongs to, so a reply that went astray shows. */
export type Operation =
  /** Store `storedUnder(operation)` under a key that no other operation writes. */
  | { readonly kind: 'write'; readonly id: number; readonly size: number }
  /** Read what write number `id` stores. */
  | { readonly kind: 'read'; readonly id: number }
  /** Add one to a counter. */
  | { readonly kind: 'increment'; readonly counter: number }
  /** Store `storedUnder(operation)` under `keys` keys of its own, all or none. */
  | { readonly kind: 'transaction'; readonly id: number; readonly keys: number; readonly size: number }
  /** Something happens to the connection or the server; the driver knows what the name means. */
  | { readonly kind: 'disturb'; readonly what: string }
  /** Let time pass. */
  | { readonly kind: 'wait'; readonly ms: number };

/** A whole case as plain data: it can be printed, kept and run again. */
export interface Plan {
  /** Lists that run side by side. */
  readonly tasks: readonly (readonly Operation[])[];
  /** How many operations of one list may be in flight. */
  readonly inFlight: number;
  /** What the n-th connection suffers; later ones nothing. */
  readonly connections: readonly Faults[];
}

/** Bounds of a random plan. */
export interface PlanOptions {
  /** Operations in all; default 200. */
  readonly operations?: number;
  /** Lists; default 4. */
  readonly tasks?: number;
  /** Connections that have faults; default 8. */
  readonly connections?: number;
  /** What the faults may be. */
  readonly faults?: FaultMix;
  /** Names of disturbances that the driver knows; default none. */
  readonly disturbances?: readonly string[];
  /** Share of operations that are disturbances; default 0.03. */
  readonly disturbance?: number;
  /** Longest `wait` in ms; default 4. */
  readonly maxWait?: number;
  /** How many operations of one list may be in flight, one of these; default 1, 4 or 32. */
  readonly inFlight?: readonly number[];
  /** Without transactions, for servers that have none; default true. */
  readonly transactions?: boolean;
  /** Longest value in bytes; default 2000. */
  readonly maxSize?: number;
}

/** Draws a plan. */
export function randomPlan(random: Random, options: PlanOptions = {}): Plan {
  const { operations = 200, tasks = 4, connections = 8 } = options;
  const lists: Operation[][] = Array.from({ length: tasks }, () => []);
  for (let id = 0; id < operations; id++) lists[random.below(tasks)]?.push(randomOperation(random, id, options));
  return {
    tasks: lists,
    inFlight: random.pick(options.inFlight ?? [1, 4, 32]),
    connections: Array.from({ length: connections }, (_, i) => randomFaults(random.fork(i), options.faults)),
  };
}

function randomOperation(random: Random, id: number, options: PlanOptions): Operation {
  if (options.disturbances?.length && random.chance(options.disturbance ?? 0.03))
    return { kind: 'disturb', what: random.pick(options.disturbances) };
  const size = random.chance(0.2) ? random.below((options.maxSize ?? 2000) + 1) : random.below(20);
  const roll = random.below(100);
  if (roll < 30) return { kind: 'write', id, size };
  if (roll < 60) return { kind: 'read', id: random.below(id + 1) };
  if (roll < 85) return { kind: 'increment', counter: random.below(3) };
  if (roll < 93 && (options.transactions ?? true)) return { kind: 'transaction', id, keys: 2 + random.below(3), size };
  if (roll < 99) return { kind: 'increment', counter: random.below(3) };
  return { kind: 'wait', ms: random.below((options.maxWait ?? 4) + 1) };
}

/** Keys that an operation writes, without the driver's prefix. */
export function keysOf(operation: Operation): string[] {
  switch (operation.kind) {
    case 'write':
    case 'read':
      return [`w${operation.id}`];
    case 'transaction':
      return Array.from({ length: operation.keys }, (_, i) => `t${operation.id}.${i}`);
    case 'increment':
      return [`c${operation.counter}`];
    default:
      return [];
  }
}

/** What is stored under a key: it begins with the key, so that no two are equal. */
export function storedUnder(key: string, size: number): string {
  return `${key}=${'x'.repeat(size)}`;
}
