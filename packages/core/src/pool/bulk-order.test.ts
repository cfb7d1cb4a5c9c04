import { describe, expect, it } from 'vitest';
import { type AnyCommand, Command, Keys, read, stateful, write } from '../command/command.ts';
import type { Connection } from '../connection/connection.ts';
import { AbortedError } from '../errors.ts';
import { Request } from '../request/request.ts';
import { RequestTracker } from '../request/request-tracker.ts';
import { Unit } from '../request/unit.ts';
import { BulkOrder } from './bulk-order.ts';

const tracker = new RequestTracker({ client: 'test', backend: 'test', address: 'memory' }, 1_000_000);
const GET = read('GET');
const SET = write('SET');
const SELECT: AnyCommand = new Command(stateful('SELECT', Keys.none), ['1'], (raw) => raw);

const get = (key: string): AnyCommand => new Command(GET, [key], (raw) => raw);
const set = (key: string): AnyCommand => new Command(SET, [key, 'v'], (raw) => raw);

function request(command: AnyCommand): Request {
  const made = new Request(command, false, 'safe', tracker);
  made.promise().catch(() => undefined);
  tracker.open(made, 0, undefined);
  return made;
}

/** An order; `shared` is on the shared connection and has no reply yet, `sent` and `back` are what the order has sent. */
function setup(shared: Request[] = []) {
  const sent: Request[] = [];
  const back: Request[] = [];
  let looks = 0;
  const order = new BulkOrder({
    pending: () => {
      looks++;
      return [...shared, ...back].filter(({ settled }) => !settled);
    },
    pendingBulk: () => sent.filter(({ settled }) => !settled),
    forward: (requests) => void sent.push(...requests),
    giveBack: (one) => void back.push(one),
    attempt: () => undefined,
  });
  return { order, sent, back, looks: () => looks };
}

describe('calls on the key of a large one', () => {
  it('are sent behind it without another look at what the shared connection has', () => {
    const { order, sent, looks } = setup();
    const all = [request(set('a')), ...Array.from({ length: 100 }, () => request(get('a')))];
    for (const [i, one] of all.entries()) order.enqueue([one], i === 0);
    expect(sent).toEqual(all);
    expect(looks()).toBe(1);
  });

  it('wait for earlier ones although the large one between them was given up', () => {
    const early = request(get('a'));
    const { order, sent } = setup([early]);
    const [other, large, small] = [request(set('b')), request(set('a')), request(set('a'))];
    order.enqueue([other], true);
    order.enqueue([large], true);
    order.enqueue([small], false);
    large.fail(new AbortedError('given up'));
    other.succeed('OK');
    expect(sent).toEqual([other]);
    early.succeed(null);
    expect(sent).toEqual([other, small]);
  });

  it('do not wait any longer for what a large one waits for that was given up', () => {
    const early = request(get('a'));
    const { order, sent } = setup([early]);
    const [large, elsewhere] = [request(set('a')), request(set('b'))];
    order.enqueue([large], true);
    order.enqueue([elsewhere], true);
    expect(sent).toEqual([]);
    large.fail(new AbortedError('given up'));
    expect(sent).toEqual([elsewhere]);
  });
});

describe('a large call that goes to another server', () => {
  it('is not awaited by those that are served while it is being redirected', () => {
    const { order, sent } = setup();
    const [first, second, third] = [set('a'), set('a'), set('b')].map(request) as [Request, Request, Request];
    for (const large of [first, second, third]) order.enqueue([large], true);
    const leaving = order.leaving([first]);
    const taken = order.held.take((held) => held === second);
    order.leaving(taken).gone(taken);
    leaving.gone([first]);
    expect(sent).toEqual([first, third]);
  });

  it('is not awaited by those that are served because of another that goes with it', () => {
    const early = request(get('b'));
    const { order, sent } = setup([early]);
    const [first, large] = [request(set('a')), request(set('c'))];
    const unit = [request(set('a')), request(set('b'))];
    joinUnit(unit);
    order.enqueue([first], true);
    order.enqueue(unit, false);
    order.enqueue([large], true);
    expect(sent).toEqual([first]);
    order.leaving([early, first]).gone([early, first]);
    expect(sent).toEqual([first, ...unit, large]);
  });

  it('counts as under way when it comes back at once, and when it stays', () => {
    const { order, sent } = setup();
    const [first, second] = [request(set('a')), request(set('b'))];
    order.enqueue([first], true);
    const leaving = order.leaving([first]);
    order.enqueue([first], true);
    leaving.gone([first]);
    order.leaving([first]).stay([first]);
    order.enqueue([second], true);
    expect(sent).toEqual([first, first]);
    first.succeed('OK');
    expect(sent).toEqual([first, first, second]);
  });
});

function joinUnit(members: readonly Request[]): void {
  const unit = new Unit<Request>(members);
  for (const member of members) member.unit = unit;
}

/** Gives up what was written. Returns what discards its late reply. */
function abandon(given: Request): () => void {
  let discard: () => void = () => undefined;
  const connection: Pick<Connection, 'afterInFlight'> = {
    afterInFlight: (done) => {
      const before = discard;
      discard = () => {
        before();
        done();
      };
    },
  };
  given.connection = connection as Connection;
  given.fail(new AbortedError('given up'));
  return () => discard();
}

describe('a call that changes the connection', () => {
  it('is awaited by what comes later also when nothing but a late reply was awaited before it', () => {
    const { order, sent, back } = setup();
    const [large, select, small] = [set('a'), SELECT, set('a')].map(request) as [Request, Request, Request];
    order.enqueue([large], true);
    const discard = abandon(large);
    expect(order.follows(select)).toBe(true);
    order.enqueue([select], false);
    expect(back).toEqual([select]);
    expect(order.follows(small)).toBe(true);
    order.enqueue([small], false);
    expect(sent).toEqual([large]);
    select.succeed('OK');
    expect(sent).toEqual([large, small]);
    discard();
    small.succeed('OK');
    expect([set('a'), SELECT].map((command) => order.follows(request(command)))).toEqual([false, false]);
  });

  it('goes to the shared one behind large calls, and what comes later follows it', () => {
    const { order, sent, back } = setup();
    const [first, second, select, small] = [set('a'), set('b'), SELECT, get('c')].map(request) as [
      Request,
      Request,
      Request,
      Request,
    ];
    expect(order.follows(select)).toBe(false);
    order.enqueue([first], true);
    order.enqueue([second], true);
    expect([order.follows(select), order.follows(small)]).toEqual([true, false]);
    order.enqueue([select], false);
    expect(order.follows(small)).toBe(true);
    order.enqueue([small], false);
    first.succeed('OK');
    expect([sent, back]).toEqual([[first, second], []]);
    second.succeed('OK');
    expect([sent, back]).toEqual([[first, second], [select]]);
    select.succeed('OK');
    expect(sent).toEqual([first, second, small]);
    small.succeed(null);
    expect(order.follows(request(SELECT))).toBe(false);
  });
});
