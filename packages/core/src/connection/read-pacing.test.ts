import { describe, expect, it } from 'vitest';
import { ReadPacing } from './read-pacing.ts';

/** Reads of replies that took `took` ms while `due` are due, on a connection whose quickest took 1 ms; the rest after it. */
function rest(took: number, due: number): number {
  const pacing = new ReadPacing();
  pacing.pauseAfter(1, 1);
  return pacing.pauseAfter(took, due);
}

it('reads are paused for most of the time that replies queue, within 1 to 10 ms', () => {
  expect([rest(11.5, 160), rest(6.5, 160), rest(1000, 160)]).toEqual([6, 3, 10]);
});

it('reads are not paused when little is due, or when replies come about as quickly as they can', () => {
  expect([rest(100, 31), rest(1, 1000), rest(2, 1000), rest(3, 1000)]).toEqual([0, 0, 0, 0]);
});

/** How a server is used over one connection; times in µs. */
interface Use {
  /** There and back. */
  readonly way: number;
  /** What the server needs for one command. */
  readonly each: number;
  /** Callers who call again as soon as they are answered. */
  readonly callers: number;
}

/** When counting begins and ends. */
const [WARM, END] = [150_000, 650_000] as const;

/** Half a second in steps of 10 µs: how long a call takes, in µs, and how often the client reads in 1 ms. */
function simulated({ way, each, callers }: Use): { latency: number; reads: number } {
  const pacing = new ReadPacing();
  const written: number[] = []; // when, of what the server has not answered
  const replies: { at: number; written: number }[] = []; // under way to the client
  let waiting = callers;
  let [serverFree, clientFree, answered, reads] = [0, 0, 0, 0];
  for (let now = 0; now < END; now += 10) {
    while (written[0] !== undefined && Math.max(written[0] + way / 2, serverFree) <= now) {
      serverFree = Math.max(written[0] + way / 2, serverFree) + each;
      replies.push({ at: serverFree + way / 2, written: written.shift() as number });
    }
    if (now < clientFree) continue;
    for (; waiting > 0; waiting--) written.push(now);
    const later = replies.findIndex(({ at }) => at > now);
    const read = replies.splice(0, later < 0 ? replies.length : later);
    const last = read.at(-1);
    if (last === undefined) continue;
    const took = Math.round(now / 1000) - Math.round(last.written / 1000);
    const rest = pacing.pauseAfter(took, written.length + replies.length);
    waiting = read.length;
    clientFree = now + (rest > 0 ? Math.trunc(rest) * 1000 + 500 : 10 + 2 * waiting); // timers are late
    if (now < WARM) continue;
    reads++;
    answered += waiting;
  }
  return { latency: (callers * (END - WARM)) / answered, reads: (reads * 1000) / (END - WARM) };
}

describe('a connection to a server that is', () => {
  it.each([
    { way: 2000, each: 10, callers: 64 },
    { way: 2000, each: 10, callers: 128 },
    { way: 5000, each: 30, callers: 64 },
    { way: 5000, each: 30, callers: 128 },
    { way: 10_000, each: 30, callers: 128 },
    { way: 20_000, each: 10, callers: 64 },
    { way: 20_000, each: 30, callers: 128 },
  ])('$way µs away, and has time: $callers callers wait for the way only', (use) => {
    expect(simulated(use).latency).toBeLessThan(use.way * 1.1);
  });

  it.each([
    { way: 100, each: 10, callers: 1000 },
    { way: 100, each: 30, callers: 1000 },
    { way: 5000, each: 100, callers: 1000 },
  ])('busy ($each µs for each of $callers callers): few reads, and the server never runs out of work', (use) => {
    const { latency, reads } = simulated(use);
    expect(latency).toBeLessThan(use.each * use.callers * 1.1);
    expect(reads).toBeLessThan(1.5);
  });
});
