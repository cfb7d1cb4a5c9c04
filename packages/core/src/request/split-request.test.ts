import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Command, read } from '../command/command.ts';
import { ClosedError, ReplyError } from '../errors.ts';
import { Request } from './request.ts';
import { RequestTracker } from './request-tracker.ts';
import { type RequestPart, repliesOf, splitRequest } from './split-request.ts';

vi.mock('../timers.ts', () => import('@kv/testkit/faked-timers'));

const GET_ALL = read('GETALL');

/** A request, its two parts, and where it ends. */
function split({ timeout = 0, signal }: { timeout?: number; signal?: AbortSignal } = {}) {
  const identity = { client: 'test', backend: 'test', address: 'memory' };
  const tracker = new RequestTracker(identity, 1000);
  const internals = new RequestTracker(identity, Number.POSITIVE_INFINITY, true);
  const command = new Command(GET_ALL, ['a', 'b'], (raw) => ({ raw }));
  const request = new Request(command, false, 'safe', tracker);
  const end = request.promise<unknown>().catch((error: unknown) => error);
  tracker.open(request, timeout, signal);
  const part = (key: string, at: number): RequestPart => ({
    request: new Request(new Command(GET_ALL, [key], (raw) => raw), false, 'safe', internals),
    keys: [at],
    server: `server ${key}`,
  });
  const parts = [part('a', 0), part('b', 1)] as const;
  splitRequest(request, parts, (results) => repliesOf('GETALL', parts, results).join('+'));
  return { end, tracker, internals, first: parts[0].request, second: parts[1].request };
}

/** As if it had been written to a connection. */
function write(request: Request): void {
  request.tracker.written(request);
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a request with parts', () => {
  it('ends when all parts have, with what they make together, and nothing is left', async () => {
    const { end, first, second, tracker, internals } = split();
    write(first);
    second.succeed('B');
    expect(tracker.pending).toBe(1);
    first.succeed('A');
    expect(await end).toEqual({ raw: 'A+B' });
    expect([tracker.pending, tracker.queuedBytes, internals.pending, internals.queuedBytes]).toEqual([0, 0, 0, 0]);
    expect(tracker.stats.read()).toMatchObject({ GETALL: { count: 1, errors: 0 } });
    expect(internals.stats.read()).toEqual({});
  });

  it('ends the parts of its parts with it, each once', async () => {
    const { end, first, second, tracker, internals } = split({ timeout: 50 });
    const inner = new Request(new Command(GET_ALL, ['a'], (raw) => raw), false, 'safe', internals);
    splitRequest(first, [{ request: inner, keys: [0] }], () => 'A');
    await vi.advanceTimersByTimeAsync(60);
    expect([inner.settled, first.settled, second.settled]).toEqual([true, true, true]);
    expect(await end).toMatchObject({ code: 'TIMEOUT', outcome: 'notSent' });
    expect([tracker.pending, internals.pending, internals.queuedBytes]).toEqual([0, 0, 0]);
  });

  it('waits for all parts when one fails, and says what became of each', async () => {
    const { end, first, second } = split();
    write(first);
    first.fail(new ReplyError('no', { attempts: 1 }));
    second.succeed('B');
    expect(await end).toMatchObject({
      code: 'BATCH',
      message: 'GETALL: 1 of 2 parts failed (1 of 2 keys) on server a',
      outcome: 'refused',
      attempts: 1,
      parts: [
        { keys: [0], server: 'server a', error: { message: 'no' } },
        { keys: [1], server: 'server b', value: 'B' },
      ],
    });
  });

  it('refuses a reply that the command does not answer, like the reply of one server', async () => {
    const { end, first, second } = split();
    first.succeed('A');
    second.succeed({
      toString: () => {
        throw new ReplyError('odd');
      },
    });
    expect(await end).toMatchObject({ code: 'REPLY', message: 'odd' });
  });
});

describe('the deadline of a request with parts', () => {
  it('ends them all, each with its own outcome', async () => {
    const { end, first, second, internals } = split({ timeout: 100 });
    first.succeed('A');
    write(second);
    await vi.advanceTimersByTimeAsync(110);
    expect(await end).toMatchObject({
      code: 'BATCH',
      outcome: 'unknown',
      parts: [{ value: 'A' }, { error: { code: 'TIMEOUT', outcome: 'unknown', attempts: 1 } }],
    });
    expect(internals.pending).toBe(0);
  });

  it('is a TimeoutError when no part was done: not sent when none was written', async () => {
    const { end } = split({ timeout: 100 });
    await vi.advanceTimersByTimeAsync(110);
    expect(await end).toMatchObject({ code: 'TIMEOUT', command: 'GETALL', outcome: 'notSent', attempts: 0 });
  });

  it('is a TimeoutError of unknown outcome when one part was written', async () => {
    const { end, second } = split({ timeout: 100 });
    write(second);
    await vi.advanceTimersByTimeAsync(110);
    expect(await end).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown', attempts: 1 });
  });
});

describe('the signal of a request with parts', () => {
  it('ends them all: AbortedError with the reason, not sent when nothing was', async () => {
    const abort = new AbortController();
    const { end, internals } = split({ signal: abort.signal });
    abort.abort('enough');
    expect(await end).toMatchObject({ code: 'ABORTED', outcome: 'notSent', cause: 'enough' });
    expect(internals.pending).toBe(0);
  });

  it('is of unknown outcome when a part was done', async () => {
    const abort = new AbortController();
    const { end, first } = split({ signal: abort.signal });
    first.succeed('A');
    abort.abort();
    expect(await end).toMatchObject({ code: 'ABORTED', outcome: 'unknown' });
  });
});

it('closing the client is one error, not one per part', async () => {
  const { end, first, second } = split();
  first.fail(new ClosedError('closed'));
  second.fail(new ClosedError('closed'));
  expect(await end).toMatchObject({ code: 'CLOSED', outcome: 'notSent' });
});

it('a refusal by all servers with the same words is that refusal', async () => {
  const { end, first, second } = split();
  write(first);
  first.fail(new ReplyError('wrong number of arguments', { attempts: 1 }));
  second.fail(new ReplyError('wrong number of arguments'));
  expect(await end).toMatchObject({
    code: 'REPLY',
    outcome: 'refused',
    message: 'wrong number of arguments',
    attempts: 1,
  });
});
