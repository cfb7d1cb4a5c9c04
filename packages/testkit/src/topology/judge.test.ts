import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type JudgeOptions, judge, type Verdict } from './judge.ts';
import type { JudgedClient } from './judged-client.ts';

const QUICK: JudgeOptions = { duration: 60, tags: ['{a}', '{b}'], keysPerTag: 2, inFlight: 4, patience: 10_000 };

/** Runs each call when it is made and answers in the next turn. Tests replace what it does. */
class MemoryClient implements JudgedClient {
  readonly values = new Map<string, string>();
  calls = 0;

  set(key: string, value: string): Promise<unknown> {
    return this.after(() => this.values.set(key, value));
  }

  get(key: string): Promise<string | null> {
    return this.after(() => this.values.get(key) ?? null);
  }

  incr(key: string): Promise<unknown> {
    return this.after(() => this.add(key, 1));
  }

  close(): void {}

  add(key: string, count: number): void {
    this.values.set(key, String(Number(this.values.get(key) ?? 0) + count));
  }

  after<T>(run: () => T): Promise<T> {
    this.calls++;
    const result = run();
    return turn(result);
  }

  /** True for one call in ten; of the first 48, which are made in any case, for one GET, one INCR and two SET. */
  get unlucky(): boolean {
    return this.calls % 10 === 9;
  }
}

const CLEAN = { redirects: 0, wrongGets: [], wrongCounters: [], hung: 0 };

/** The counters are read from the memory, so that no misfortune of the client hides what it did. */
function run(client: MemoryClient, options: Partial<JudgeOptions> = {}): Promise<Verdict> {
  const actual = (counter: string): Promise<string | null> => Promise.resolve(client.values.get(counter) ?? null);
  return judge(client, { ...QUICK, actual, ...options });
}

test('a client that does everything right is found right', async () => {
  const verdict = await run(new MemoryClient());
  expect(verdict).toMatchObject({ ...CLEAN, rejected: 0, rejections: {} });
  expect(verdict.calls).toBeGreaterThanOrEqual(48);
  expect(verdict.longestPauseOfKey).toBeGreaterThanOrEqual(verdict.longestPause);
});

test('a SET that is overtaken by the GET behind it is found', async () => {
  class Overtaken extends MemoryClient {
    override set(key: string, value: string): Promise<unknown> {
      return this.unlucky ? turn().then(() => super.set(key, value)) : super.set(key, value);
    }
  }
  const { wrongGets } = await run(new Overtaken());
  expect(wrongGets.length).toBeGreaterThan(0);
});

test('a GET that is overtaken by the next SET is found', async () => {
  class Late extends MemoryClient {
    override get(key: string): Promise<string | null> {
      return this.unlucky ? turn().then(() => super.get(key)) : super.get(key);
    }
  }
  const { wrongGets } = await run(new Late());
  expect(wrongGets.length).toBeGreaterThan(0);
  expect(wrongGets.every(({ expected, value }) => value > expected)).toBe(true);
});

test('an acknowledged SET that never ran is found, a rejected one is allowed not to have run', async () => {
  class Forgetful extends MemoryClient {
    readonly #says: () => Promise<unknown>;

    constructor(says: () => Promise<unknown>) {
      super();
      this.#says = says;
    }

    override set(key: string, value: string): Promise<unknown> {
      if (!this.unlucky) return super.set(key, value);
      this.calls++;
      return this.#says();
    }
  }
  expect((await run(new Forgetful(() => Promise.resolve('OK')))).wrongGets.length).toBeGreaterThan(0);
  const honest = await run(new Forgetful(() => Promise.reject(new Error('the connection was lost'))));
  expect(honest).toMatchObject(CLEAN);
  expect(Object.keys(honest.rejections)).toEqual(['Error: the connection was lost']);
});

test('a write that runs twice, and one that is lost after its acknowledgment, are found in the counters', async () => {
  class Counting extends MemoryClient {
    readonly #times: number;

    constructor(times: number) {
      super();
      this.#times = times;
    }

    override incr(key: string): Promise<unknown> {
      return this.after(() => this.add(key, this.calls === 33 ? this.#times : 1));
    }
  }
  for (const times of [0, 2]) {
    const { wrongCounters } = await run(new Counting(times));
    expect(wrongCounters).toHaveLength(1);
    const [{ acknowledged, actual } = { acknowledged: 0, actual: 0 }] = wrongCounters;
    expect(actual - acknowledged).toBe(times - 1);
  }
});

test('a rejected INCR may have run once, unless the client says that it did not', async () => {
  class Losing extends MemoryClient {
    override incr(key: string): Promise<unknown> {
      const { unlucky } = this;
      const ran = super.incr(key);
      return unlucky ? ran.then(() => Promise.reject(new Error('the connection was lost'))) : ran;
    }
  }
  class Lying extends Losing {
    mayHaveRun(): boolean {
      return false;
    }
  }
  expect(await run(new Losing())).toMatchObject(CLEAN);
  expect((await run(new Lying())).wrongCounters.length).toBeGreaterThan(0);
});

test.each([
  'MOVED 5061 127.0.0.1:7000',
  'ASK 5061 :7000',
  'TRYAGAIN Multiple keys request during rehashing of slot',
  'CLUSTERDOWN The cluster is down',
  'Too many redirections. Last error: MOVED 1 h:1',
])('a client that lets "%s" through is found', async (text) => {
  class Surfacing extends MemoryClient {
    override get(key: string): Promise<string | null> {
      return this.unlucky ? this.after(() => null).then(() => Promise.reject(new Error(text))) : super.get(key);
    }
  }
  const { redirects, rejected, wrongGets } = await run(new Surfacing());
  expect(redirects).toBeGreaterThan(0);
  expect(rejected).toBe(redirects);
  expect(wrongGets).toEqual([]);
});

test('a refused INCR did not run: if it did all the same, that is found', async () => {
  class Refusing extends MemoryClient {
    override incr(key: string): Promise<unknown> {
      const { unlucky } = this;
      const ran = super.incr(key);
      return unlucky ? ran.then(() => Promise.reject(new Error('MOVED 1 h:1'))) : ran;
    }
  }
  expect((await run(new Refusing())).wrongCounters.length).toBeGreaterThan(0);
});

test('calls that never settle are counted, and the pause until the end is seen', async () => {
  class Hanging extends MemoryClient {
    override after<T>(make: () => T): Promise<T> {
      return this.calls > 30 ? new Promise(() => {}) : super.after(make);
    }
  }
  const verdict = await run(new Hanging(), { patience: 20, actual: () => Promise.resolve('1000') });
  expect(verdict.hung).toBeGreaterThan(0);
  expect(verdict.longestPause).toBeGreaterThan(QUICK.duration / 2);
  expect(verdict.wrongCounters.length).toBeGreaterThan(0);
});

test('a slot that stands still is seen beside others that go on', async () => {
  class Stuck extends MemoryClient {
    override get(key: string): Promise<string | null> {
      return key.startsWith('{a}') ? new Promise(() => {}) : super.get(key);
    }
  }
  const { hung, longestPause, longestPauseOfKey } = await run(new Stuck(), { inFlight: 1, patience: 1000 });
  expect(hung).toBe(2);
  expect(longestPauseOfKey).toBeGreaterThan(longestPause);
});
