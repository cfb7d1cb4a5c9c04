import { expect, test } from 'vitest';
import { ArgumentError, ConnectionError, ReplyError } from '../errors.ts';
import { unwrap } from './batch-results.ts';

const done = { ok: true, value: 1 } as const;
const failed = (error: Error): { ok: false; error: Error } => ({ ok: false, error });

test('gives the values in order', () => {
  expect(unwrap([done, { ok: true, value: null }])).toEqual([1, null]);
});

test.each([
  ['refused', [done, failed(new ReplyError('no'))]],
  ['notSent', [failed(new ArgumentError('no')), failed(new ArgumentError('no'))]],
  ['refused', [done, failed(new ArgumentError('no'))]],
  ['unknown', [failed(new ReplyError('no')), failed(new ConnectionError('lost', { outcome: 'unknown' }))]],
  ['unknown', [failed(new Error('foreign'))]],
] as const)('the outcome of the whole is %s', (outcome, settled) => {
  expect(() => unwrap(settled)).toThrow(
    expect.objectContaining({
      code: 'BATCH',
      outcome,
      cause: settled.flatMap((one) => (one.ok ? [] : [one.error]))[0],
      results: settled.map((one) => (one.ok ? one.value : one.error)),
    }),
  );
});
