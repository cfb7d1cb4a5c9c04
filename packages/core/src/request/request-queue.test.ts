import { expect, it } from 'vitest';
import { line } from '../../test/line-protocol.ts';
import { Request } from './request.ts';
import { RequestQueue } from './request-queue.ts';
import { RequestTracker } from './request-tracker.ts';

const ledger = new RequestTracker({ client: 'c', backend: 'b', address: 'a' }, 1e9);

function requests(queue: RequestQueue, count: number): Request[] {
  return Array.from({ length: count }, (_, i) => {
    const request = new Request(line(`r ${i}`), false, 'safe', ledger);
    request.promise().catch(() => undefined);
    ledger.open(request, 0, undefined);
    queue.push(request);
    return request;
  });
}

it('gives requests in order and passes over those that have ended', () => {
  const queue = new RequestQueue();
  const [a, b, c] = requests(queue, 3) as [Request, Request, Request];
  b.fail(new Error('ended'));
  expect(queue.length).toBe(2);
  expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([a, c, undefined]);
  expect(queue.length).toBe(0);
});

it('puts requests back before all others, in their order', () => {
  const queue = new RequestQueue();
  const [a, b, c] = requests(queue, 3) as [Request, Request, Request];
  queue.unshift([queue.shift() as Request, queue.shift() as Request]);
  expect(queue.drain()).toEqual([a, b, c]);
});

it('keeps those that have not ended through many rebuilds, in order', () => {
  const queue = new RequestQueue();
  const survivors: Request[] = [];
  for (let round = 0; round < 100; round++) {
    const [survivor, ...others] = requests(queue, 1000) as [Request, ...Request[]];
    survivors.push(survivor);
    for (const request of others) request.fail(new Error('ended'));
  }
  expect(queue.length).toBe(100);
  expect(queue.drain()).toEqual(survivors);
});

it('tells why all that waits still does', () => {
  const queue = new RequestQueue();
  const [a] = requests(queue, 1) as [Request];
  const cause = new Error('server is away');
  queue.setWaitCause(cause);
  expect(a.cause).toBe(cause);
});
