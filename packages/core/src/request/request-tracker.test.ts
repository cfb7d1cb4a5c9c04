import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { Command, read } from '../command/command.ts';
import { AbortedError } from '../errors.ts';
import { Batch, Request } from './request.ts';
import { RequestTracker } from './request-tracker.ts';
import { Unit } from './unit.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Gives a request a reply, which the caller of its promise drops. */
function answer(request: Request): WeakRef<object> {
  const reply = {};
  void request.promise();
  request.succeed(reply);
  return new WeakRef(reply);
}

async function isCollected(object: WeakRef<object>): Promise<boolean> {
  for (let i = 0; i < 20 && object.deref() !== undefined; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
  return object.deref() === undefined;
}

it('an answered request, which may stay among the deadlines, keeps neither its reply nor its batch', async () => {
  const tracker = new RequestTracker({ client: 'test', backend: 'test', address: 'memory' }, 1000);
  const [single, member, last] = ['a', 'b', 'c'].map((key) => {
    const request = new Request(new Command(read('GET'), [key], (raw) => raw), false, 'safe', tracker);
    tracker.open(request, 0, undefined);
    return request;
  }) as [Request, Request, Request];
  const batch = new Batch(1, () => undefined);
  member.joins(batch, 0);
  member.succeed('v');
  expect([batch.results, member.batch]).toEqual([[{ ok: true, value: 'v' }], null]);
  const reply = answer(single);
  void last.promise();
  expect(await isCollected(reply)).toBe(true);
  expect(single.settled).toBe(true);
});

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
