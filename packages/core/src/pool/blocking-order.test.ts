import { describe, expect, it } from 'vitest';
import { type AnyCommand, blocking, Command, read } from '../command/command.ts';
import { Request } from '../request/request.ts';
import { RequestTracker } from '../request/request-tracker.ts';
import { BlockingOrder } from './blocking-order.ts';

const tracker = new RequestTracker({ client: 'test', backend: 'test', address: 'memory' }, 1000);
const POP: AnyCommand = new Command(blocking('POP'), [], (raw) => raw);
const GET: AnyCommand = new Command(read('GET'), [], (raw) => raw);

function request(command: AnyCommand, order: BlockingOrder): Request {
  const made = new Request(command, false, 'safe', tracker);
  made.promise().catch(() => undefined);
  tracker.open(made, 0, undefined);
  if (command === POP) order.track(made);
  return made;
}

/** An order, and what it has sent. */
function setup(): { readonly order: BlockingOrder; readonly sent: Request[] } {
  const sent: Request[] = [];
  return { order: new BlockingOrder((requests) => void sent.push(...requests)), sent };
}

const ended = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('blocking commands on one connection', () => {
  it('go one at a time; what was called behind the second one waits with it', async () => {
    const { order, sent } = setup();
    const [first, get, second, last] = [POP, GET, POP, GET].map((command) => request(command, order)) as [
      Request,
      Request,
      Request,
      Request,
    ];
    for (const one of [first, get, second, last]) order.enqueue([one]);
    expect(sent).toEqual([first, get]);
    first.succeed(null);
    await ended();
    expect(sent).toEqual([first, get, second, last]);
  });

  it('tell the pool nothing of what ends while it is held here', () => {
    let told = 0;
    const pool = { attempt: 'connecting', endedWaiting: () => told++ };
    const order = new BlockingOrder(() => undefined, pool);
    const [first, second] = [request(POP, order), request(POP, order)];
    order.enqueue([first]);
    order.enqueue([second]);
    expect(second.queue?.attempt).toBe('connecting');
    second.fail(new Error('given up'));
    expect([order.held.length, told]).toEqual([0, 0]);
  });

  it('do not wait for themselves when they come again because their server was replaced', async () => {
    const { order, sent } = setup();
    const [first, second] = [request(POP, order), request(POP, order)];
    order.enqueue([first]);
    order.enqueue([second]);
    order.track(first);
    order.enqueue([first]);
    expect(sent).toEqual([first, first]);
    first.succeed(null);
    await ended();
    expect(sent).toEqual([first, first, second]);
  });

  it('that move to another server are over at both when they end', async () => {
    const [old, next] = [setup(), setup()];
    const moved = request(POP, old.order);
    old.order.enqueue([moved]);
    next.order.track(moved);
    next.order.enqueue([moved]);
    moved.succeed(null);
    await ended();
    const later = request(POP, old.order);
    old.order.enqueue([later]);
    expect([old.sent, next.sent]).toEqual([[moved, later], [moved]]);
    expect([old.order.size, next.order.size]).toEqual([1, 0]);
  });
});
