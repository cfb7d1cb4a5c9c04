import { type FaultMix, type Faults, randomFaults } from './faults.ts';
import type { Random } from './random.ts';

/** One call that a client is asked to make. Every value names what it belongs to, so a reply that went astray shows. */
export type Operation =
  /** Store `storedUnder(operation)` under a key that no other operation writes. */
  (
    | { readonly kind: 'write'; readonly id: number; readonly size: number }
    /** Read what write number `id` stores. */
    | { readonly kind: 'read'; readonly id: number }
    /** Add one to a counter. */
    | { readonly kind: 'increment'; readonly counter: number }
    /** Store `storedUnder(operation)` under `keys` keys of its own, all or none. */
    | { readonly kind: 'transaction'; readonly id: number; readonly keys: number; readonly size: number }
    /** Add one to a counter by a script whose own answer is an error that begins with `word`. Run number `id`. */
    | { readonly kind: 'script'; readonly id: number; readonly counter: number; readonly word: string }
    /** Add one to a counter of its own, which takes the server `ms`; the call has the time that it needs. */
    | { readonly kind: 'slow'; readonly id: number; readonly ms: number }
    /**
     * Take a connection for exclusive use, which must be as if no one had used it before, add one to a counter, and give
     * it back in another state. Run number `id`.
     */
    | { readonly kind: 'session'; readonly id: number; readonly counter: number }
    /** Collect a command that adds one to a counter in a batch that is never executed. Run number `id`. */
    | { readonly kind: 'collect'; readonly id: number; readonly counter: number }
    /** Put `elementOf(id)` at the end of a list. */
    | { readonly kind: 'push'; readonly id: number; readonly list: number }
    /** Wait for the first element of a list, and take it out. Run number `id`. */
    | { readonly kind: 'pop'; readonly id: number; readonly list: number }
    /** Publish the next number of a channel, past the faults. */
    | { readonly kind: 'publish'; readonly channel: number }
    /** Begin to read a channel. */
    | { readonly kind: 'subscribe'; readonly channel: number; readonly reading: Reading }
    /** Subscribe, perhaps right behind the end of another subscription, while messages come without a pause. */
    | { readonly kind: 'flood'; readonly id: number; readonly reading: Reading; readonly again: boolean }
    /** Let the oldest reader of a channel end. */
    | { readonly kind: 'unsubscribe'; readonly channel: number }
    /** Something happens to the connection or the server; the driver knows what the name means. */
    | { readonly kind: 'disturb'; readonly what: string }
    /** Let time pass. */
    | { readonly kind: 'wait'; readonly ms: number }
  ) & {
    /** The deadline of the call, ms, in place of the client's own; 0 = none. */
    readonly deadline?: number;
  };

/** How a reader takes its messages: by a listener or in a loop. */
export type Reading = 'listener' | 'loop';

/** Operations beside the usual ones, for backends that have them. */
export type ExtraKind = Exclude<Operation['kind'], 'write' | 'read' | 'increment' | 'transaction' | 'disturb' | 'wait'>;

/** A whole case as plain data: it can be printed, kept and run again. */
export interface Plan {
  /** Lists that run side by side. */
  readonly tasks: readonly (readonly Operation[])[];
  /** How many operations of one list may be in flight. */
  readonly inFlight: number;
  /** What the n-th connection suffers; later ones nothing. */
  readonly connections: readonly Faults[];
  /** Which of its ways to make a client the driver takes. */
  readonly variant?: number;
  /** How old the first connection is before the lists begin, ms. */
  readonly age?: number;
  /** Nothing harms the connections: a slow command must end well, whatever its neighbors do. */
  readonly calm?: boolean;
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
  /** Operations beside the usual ones; one that is named twice is drawn twice as often. Default none. */
  readonly extras?: readonly ExtraKind[];
  /** Share of operations that are one of `extras`; default 0.4. */
  readonly extra?: number;
  /** What scripts answer; default `LOADING`. */
  readonly words?: readonly string[];
  /** Deadlines of calls, ms, one of these; default: the client's own. */
  readonly deadlines?: readonly number[];
  /** How long slow commands take, ms, one of these; default 300. */
  readonly slow?: readonly number[];
  /** {@link Plan.variant} is drawn below this; default 1. */
  readonly variants?: number;
  /** See {@link Plan.age}; default 0. */
  readonly age?: number;
  /** See {@link Plan.calm}; default false. */
  readonly calm?: boolean;
}

/** Channels of a plan. */
export const CHANNELS = 3;

/** How long pops wait, ms, one of these. */
const POP_DEADLINES = [20, 60, 300];

/** Draws a plan. */
export function randomPlan(random: Random, options: PlanOptions = {}): Plan {
  const { operations = 200, tasks = 4, connections = 8 } = options;
  const lists: Operation[][] = Array.from({ length: tasks }, () => []);
  for (let id = 0; id < operations; id++) lists[random.below(tasks)]?.push(randomOperation(random, id, options));
  return {
    tasks: lists,
    inFlight: random.pick(options.inFlight ?? [1, 4, 32]),
    connections: Array.from({ length: connections }, (_, i) => randomFaults(random.fork(i), options.faults)),
    ...(options.variants === undefined ? {} : { variant: random.below(options.variants) }),
    ...(options.age === undefined ? {} : { age: options.age }),
    ...(options.calm === undefined ? {} : { calm: options.calm }),
  };
}

function randomOperation(random: Random, id: number, options: PlanOptions): Operation {
  if (options.disturbances?.length && random.chance(options.disturbance ?? 0.03))
    return { kind: 'disturb', what: random.pick(options.disturbances) };
  if (options.extras?.length && random.chance(options.extra ?? 0.4))
    return randomExtra(random, id, random.pick(options.extras), options);
  const { deadlines } = options;
  const call = randomCall(random, id, options);
  return deadlines === undefined ? call : { ...call, deadline: random.pick(deadlines) };
}

function randomCall(random: Random, id: number, options: PlanOptions): Operation {
  const size = random.chance(0.2) ? random.below((options.maxSize ?? 2000) + 1) : random.below(20);
  const roll = random.below(100);
  if (roll < 30) return { kind: 'write', id, size };
  if (roll < 60) return { kind: 'read', id: random.below(id + 1) };
  if (roll < 85) return { kind: 'increment', counter: random.below(3) };
  if (roll < 93 && (options.transactions ?? true)) return { kind: 'transaction', id, keys: 2 + random.below(3), size };
  if (roll < 99) return { kind: 'increment', counter: random.below(3) };
  return { kind: 'wait', ms: random.below((options.maxWait ?? 4) + 1) };
}

function randomExtra(random: Random, id: number, kind: ExtraKind, { words, slow }: PlanOptions): Operation {
  const channel = random.below(CHANNELS);
  switch (kind) {
    case 'script':
      return { kind, id, counter: random.below(3), word: random.pick(words ?? ['LOADING']) };
    case 'slow':
      return { kind, id, ms: random.pick(slow ?? [300]) };
    case 'session':
    case 'collect':
      return { kind, id, counter: random.below(3) };
    case 'push':
      return { kind, id, list: random.below(2) };
    case 'pop':
      return { kind, id, list: random.below(2), deadline: random.pick(POP_DEADLINES) };
    case 'subscribe':
      return { kind, channel, reading: random.pick(['listener', 'loop']) };
    case 'flood':
      return { kind, id, reading: random.pick(['listener', 'loop']), again: random.chance(0.5) };
    default:
      return { kind, channel };
  }
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
    case 'collect':
      return [`c${operation.counter}`];
    case 'session':
      return [`n${operation.counter}`];
    case 'push':
    case 'pop':
      return [`l${operation.list}`];
    case 'script':
      return [`s${operation.counter}`];
    case 'slow':
      return [`slow-${operation.ms}.${operation.id}`];
    default:
      return [];
  }
}

/** What a push puts into its list. */
export function elementOf(id: number): string {
  return `p${id}`;
}

/** What is stored under a key: it begins with the key, so that no two are equal. */
export function storedUnder(key: string, size: number): string {
  return `${key}=${'x'.repeat(size)}`;
}
