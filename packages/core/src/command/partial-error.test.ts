import { expect, it } from 'vitest';
import { ConnectionError, isKvError, type Outcome, ReplyError, TimeoutError } from '../errors.ts';
import { type CallPart, PartialError } from './partial-error.ts';

const lost = (outcome: Outcome): Error => new ConnectionError('lost', { outcome, attempts: 2 });

it('says how many parts and keys failed, and has the parts', () => {
  const parts: CallPart[] = [
    { keys: [0, 2], value: ['a', 'c'] },
    { keys: [1, 3, 4], error: lost('unknown') },
  ];
  const error = new PartialError('MGET', parts);
  expect(error).toMatchObject({
    name: 'PartialError',
    code: 'BATCH',
    message: 'MGET: 1 of 2 parts failed (3 of 5 keys)',
    command: 'MGET',
    attempts: 2,
    parts,
  });
  expect(error.cause).toBe((parts[1] as { error: Error }).error);
  expect(isKvError(error)).toBe(true);
});

it('names the servers of a call without keys', () => {
  const parts: CallPart[] = [
    { keys: [], server: 'a:1', error: lost('notSent') },
    { keys: [], server: 'b:2', value: 5 },
  ];
  expect(new PartialError('DBSIZE', parts)).toMatchObject({ message: 'DBSIZE: 1 of 2 parts failed on a:1', parts });
});

it.each<[Outcome, (Outcome | 'done' | 'foreign')[]]>([
  ['notSent', ['notSent', 'notSent']],
  ['refused', ['notSent', 'done']],
  ['refused', ['notSent', 'refused']],
  ['refused', ['refused', 'done']],
  ['unknown', ['notSent', 'unknown']],
  ['unknown', ['unknown', 'done', 'refused']],
  ['unknown', ['foreign', 'done']],
])('the outcome is %s when the parts ended as %j', (outcome, ends) => {
  const parts = ends.map((end, i): CallPart => {
    if (end === 'done') return { keys: [i], value: 1 };
    if (end === 'foreign') return { keys: [i], error: new Error('a bug') };
    return {
      keys: [i],
      error: end === 'refused' ? new ReplyError('ERR no') : new TimeoutError('late', { outcome: end }),
    };
  });
  expect(new PartialError('DEL', parts).outcome).toBe(outcome);
});
