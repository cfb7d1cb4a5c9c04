import type { Operation } from './model-plan.ts';

/** How one operation ended, as the client says. */
export type Ending =
  /** It was done; `value` is what a read or an increment returned. */
  | { readonly how: 'done'; readonly value?: string | number | bigint | null }
  /** Nothing of it happened. */
  | ({ readonly how: 'notSent' | 'refused' } & Why)
  /** It may or may not have happened. */
  | ({ readonly how: 'unknown' } & Why);

/** What the error of an ending says. */
interface Why {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** An operation and what became of it. `began` and `ended` are positions in the order of events. */
export interface Entry {
  readonly operation: Operation;
  readonly began: number;
  ended?: number;
  /** It settled after everything must have. */
  late?: boolean;
  /** The machine had no time for the client meanwhile, which says nothing about it. */
  hurried?: boolean;
  /** Most of its time the machine was calm, see `CalmClock`. */
  calm?: boolean;
  ending?: Ending;
  /** A rejection that is no ending. */
  error?: unknown;
}

/** An entry in words, for a violation. */
export function words({ operation, ending, ended, late, error }: Entry): string {
  const what = JSON.stringify(operation);
  if (ended === undefined) return `${what} did not settle`;
  if (late === true) return `${what} settled too late`;
  return ending === undefined
    ? `${what} rejected with ${String(error)}`
    : `${what} ended ${JSON.stringify(ending, plain)}`;
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
