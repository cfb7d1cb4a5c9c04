import { describe, expect, it, vi } from 'vitest';
import * as errors from './errors.ts';

describe('errors', () => {
  it.each([
    [new errors.ArgumentError('m'), 'ArgumentError', 'ARGUMENT', 'notSent'],
    [new errors.ConnectionError('m'), 'ConnectionError', 'CONNECTION', 'notSent'],
    [new errors.ClosedError('m'), 'ClosedError', 'CLOSED', 'notSent'],
    [new errors.TimeoutError('m'), 'TimeoutError', 'TIMEOUT', 'notSent'],
    [new errors.AbortedError('m'), 'AbortedError', 'ABORTED', 'notSent'],
    [new errors.QueueFullError('m'), 'QueueFullError', 'QUEUE_FULL', 'notSent'],
    [new errors.ProtocolError('m'), 'ProtocolError', 'PROTOCOL', 'notSent'],
    [new errors.ReplyError('m'), 'ReplyError', 'REPLY', 'refused'],
    [new errors.BatchError('m', []), 'BatchError', 'BATCH', 'notSent'],
    [new errors.ConflictError('m'), 'ConflictError', 'CONFLICT', 'refused'],
  ])('%s has name, code and outcome', (error, name, code, outcome) => {
    expect(error).toMatchObject({ name, code, outcome, attempts: 0 });
    expect(String(error)).toBe(`${name}: m`);
    expect(error).toBeInstanceOf(Error);
    expect(errors.isKvError(error)).toBe(true);
  });

  it('are recognized across two copies of the package', async () => {
    vi.resetModules();
    const copy = (await import('./errors.ts')) as typeof errors;
    const foreign = new copy.TimeoutError('m');
    expect(foreign).not.toBeInstanceOf(errors.TimeoutError);
    expect(errors.isKvError(foreign)).toBe(true);
  });

  it('are told from everything else', () => {
    for (const other of [new Error('m'), { code: 'TIMEOUT' }, null, undefined, 'TIMEOUT'])
      expect(errors.isKvError(other)).toBe(false);
  });

  it('keep the cause, and name the command in JSON', () => {
    const cause = new Error('why');
    const error = new errors.ConnectionError('m', { cause, command: 'GET', attempts: 2, outcome: 'unknown' });
    expect(error.cause).toBe(cause);
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'CONNECTION',
      outcome: 'unknown',
      command: 'GET',
      attempts: 2,
    });
  });
});

it('the error of a name whose addresses all refuse tells code and address of each', () => {
  const refused = ['::1:1', '127.0.0.1:1'].map((address) => new Error(`connect ECONNREFUSED ${address}`));
  const error = errors.asKvError(new AggregateError(refused));
  expect(error).toMatchObject({ code: 'CONNECTION', cause: { errors: refused } });
  expect(error.message).toBe('connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1');
});
