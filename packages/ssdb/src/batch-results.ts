import { BatchError, type Settled } from '@kv/core';

/** The values of a batch. @throws BatchError when a member failed */
export function unwrap(settled: readonly Settled[]): unknown[] {
  const results = settled.map((one) => (one.ok ? one.value : one.error));
  const failed = settled.filter((one) => !one.ok).length;
  if (failed === 0) return results;
  throw new BatchError(`${failed} of ${settled.length} commands failed`, results, { outcome: outcomeOf(settled) });
}

function outcomeOf(settled: readonly Settled[]): 'notSent' | 'unknown' | 'refused' {
  const outcomes = new Set(
    settled.map((one) => (one.ok ? 'done' : 'outcome' in one.error ? one.error.outcome : 'unknown')),
  );
  if (outcomes.has('unknown')) return 'unknown';
  return outcomes.size === 1 && outcomes.has('notSent') ? 'notSent' : 'refused';
}
