import { expect, it } from 'vitest';
import { Command, read } from '../command/command.ts';
import { AbortedError } from '../errors.ts';
import { Request } from './request.ts';
import { RequestTracker } from './request-tracker.ts';
import { Unit } from './unit.ts';

it('a unit that ends early leaves only those replies to be dropped that have not come', () => {
  const tracker = new RequestTracker({ client: 'test', backend: 'test', address: 'memory' }, 1000);
  let abandoned = 0;
  const setup = { addressText: 'memory', internals: tracker };
  const connection = { setup, wire: {}, silence: 0, load: 3, abandoned: () => void abandoned++ };
  const members = ['a', 'b', 'c'].map((key) => {
    const request = new Request(new Command(read('GET'), [key], (raw) => raw), false, 'safe', tracker);
    request.promise().catch(() => undefined);
    tracker.open(request, 0, undefined);
    return request;
  });
  const unit = new Unit(members);
  for (const member of members) {
    member.unit = unit;
    member.connection = connection;
    tracker.written(member);
  }
  unit.answered({ raw: 'QUEUED' });
  tracker.cancel(members[2] as Request, new AbortedError('It was aborted'));
  expect(members.map(({ settled }) => settled)).toEqual([true, true, true]);
  expect([abandoned, tracker.pending]).toEqual([2, 0]);
});
