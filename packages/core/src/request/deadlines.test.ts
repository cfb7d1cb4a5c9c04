import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Clock } from './clock.ts';
import { Deadlines, type Timed } from './deadlines.ts';

vi.mock('../timers.ts', () => import('@kv/testkit/faked-timers'));

class Entry implements Timed {
  list: Timed['list'] = null;
  after: Timed | null = null;
  readonly name: string;
  readonly startedAt: number;

  constructor(name: string, startedAt: number) {
    this.name = name;
    this.startedAt = startedAt;
  }
}

describe('deadlines', () => {
  const expired: string[] = [];
  let clock: Clock;
  let deadlines: Deadlines<Entry>;

  beforeEach(() => {
    vi.useFakeTimers();
    expired.length = 0;
    clock = new Clock();
    deadlines = new Deadlines<Entry>(clock, { expired: ({ name }) => expired.push(name) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function add(name: string, timeout: number): Entry {
    const entry = new Entry(name, clock.now());
    deadlines.add(entry, timeout);
    return entry;
  }

  it('pass in the order of time, whatever their lists', async () => {
    add('late', 500);
    add('soon', 100);
    add('soon too', 100);
    await vi.advanceTimersByTimeAsync(99);
    expect(expired).toEqual([]);
    await vi.advanceTimersByTimeAsync(5);
    expect(expired).toEqual(['soon', 'soon too']);
    await vi.advanceTimersByTimeAsync(400);
    expect(expired).toEqual(['soon', 'soon too', 'late']);
  });

  it('that are removed do not pass', async () => {
    const entries = ['first', 'middle', 'last'].map((name) => add(name, 100));
    for (const entry of entries.slice(0, 2)) deadlines.remove(entry);
    await vi.advanceTimersByTimeAsync(200);
    expect(expired).toEqual(['last']);
  });

  it('are removed in any order, and those that are left pass in theirs', async () => {
    const names = Array.from({ length: 40 }, (_, i) => String(i));
    const order = fc.shuffledSubarray(names.map(Number), { minLength: 0 });
    const soon = (name: string): Entry => add(name, 100);
    await fc.assert(
      fc.asyncProperty(order, fc.nat(40), async (removed, earlier) => {
        expired.length = 0;
        const early = names.slice(0, earlier).map(soon);
        for (const i of removed) if (i < earlier) deadlines.remove(early[i] as Entry);
        const late = names.slice(earlier).map(soon);
        for (const i of removed) if (i >= earlier) deadlines.remove(late[i - earlier] as Entry);
        await vi.advanceTimersByTimeAsync(200);
        expect(expired).toEqual(names.filter((name) => !removed.includes(Number(name))));
      }),
    );
  });

  it('that were removed hold no others in memory, also behind one that stays', () => {
    const first = add('first', 100);
    const others = Array.from({ length: 100 }, (_, i) => add(String(i), 100));
    for (const entry of others) deadlines.remove(entry);
    let linked = 0;
    for (let next = first.after; next !== null; next = next.after) linked++;
    expect(linked).toBeLessThan(3);
    deadlines.remove(first);
    expect(first.after).toBe(null);
  });

  it('go on after a sweep, also for fractions of a millisecond', async () => {
    add('a', 10.5);
    await vi.advanceTimersByTimeAsync(50);
    add('b', 10.25);
    await vi.advanceTimersByTimeAsync(50);
    expect(expired).toEqual(['a', 'b']);
  });

  it('never pass after the stop', async () => {
    add('a', 10);
    deadlines.stop();
    add('b', 10);
    deadlines.hold();
    await vi.advanceTimersByTimeAsync(100);
    expect(expired).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('with a different timeout each do not fill the memory', () => {
    for (let i = 0; i < 10_000; i++) deadlines.remove(add('a', 1e9 + i));
    const together = Array.from({ length: 10_000 }, (_, i) => add('b', 1e9 + i));
    for (const entry of together) deadlines.remove(entry);
    expect(deadlines.distinctTimeouts).toBeLessThan(100);
  });

  it('pass in time when one that passes begins another with a new timeout', async () => {
    deadlines = new Deadlines<Entry>(clock, {
      expired: ({ name }) => {
        expired.push(name);
        if (name === 'short') add('next', 3000);
      },
    });
    add('long', 5000);
    await vi.advanceTimersByTimeAsync(4000);
    add('short', 200);
    add('latest', 5000);
    await vi.advanceTimersByTimeAsync(1050);
    expect(expired).toEqual(['short', 'long']);
    await vi.advanceTimersByTimeAsync(2200);
    expect(expired).toEqual(['short', 'long', 'next']);
    await vi.advanceTimersByTimeAsync(1800);
    expect(expired).toEqual(['short', 'long', 'next', 'latest']);
  });

  it('use one timer', () => {
    for (let i = 0; i < 1000; i++) add(String(i), 1 + (i % 7));
    expect(vi.getTimerCount()).toBe(1);
  });
});
