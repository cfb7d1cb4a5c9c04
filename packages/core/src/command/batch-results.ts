import type { Outcome } from '../errors.ts';
import { BatchError, isKvError } from '../errors.ts';
import type { Settled } from './executor.ts';

/** The values of a batch. @throws BatchError when a member failed; its `results` has value or error per position */
export function unwrap(settled: readonly Settled[]): unknown[] {
  const results: unknown[] = [];
  const errors: Error[] = [];
  for (const one of settled) {
    results.push(one.ok ? one.value : one.error);
    if (!one.ok) errors.push(one.error);
  }
  if (errors.length === 0) return results;
  const details = { outcome: outcomeOf(settled), cause: errors[0] };
  throw new BatchError(`${errors.length} of ${settled.length} commands failed`, results, details);
}

/** Unknown when that of any member is; not sent when that is true of all. */
export function outcomeOf(settled: readonly Settled[]): Outcome {
  const outcomes = settled.map((one) => {
    if (one.ok) return 'done';
    return isKvError(one.error) ? one.error.outcome : 'unknown';
  });
  if (outcomes.includes('unknown')) return 'unknown';
  return outcomes.every((outcome) => outcome === 'notSent') ? 'notSent' : 'refused';
}
