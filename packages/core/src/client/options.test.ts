import { describe, expect, it } from 'vitest';
import { Rule, readOptions } from '../options/option-rules.ts';
import { COMMON_RULES, commonSetup, mergeCallOptions } from './options.ts';

const none: ReadonlyMap<string, string> = new Map();

describe('options', () => {
  it('of the call win over those of the URL, which are read by their type', () => {
    const query = new Map([
      ['timeout', '250'],
      ['bytes', 'true'],
      ['retry', 'never'],
      ['name', 'from the URL'],
    ]);
    expect(readOptions(COMMON_RULES, { name: 'from the call', timeout: undefined }, query)).toEqual({
      timeout: 250,
      bytes: true,
      retry: 'never',
      name: 'from the call',
    });
  });

  it.each([
    [{ colour: 1 }, none, /^colour: unknown option in the options/],
    [{}, new Map([['colour', '1']]), /^colour: unknown option in the URL/],
    [{}, new Map([['tls', 'true']]), /^tls: unknown option in the URL; give it in the options$/],
    [{ timeout: -1 }, none, /^timeout: expected milliseconds/],
    [{ timeout: '5' }, none, /^timeout/],
    [{}, new Map([['timeout', 'soon']]), /^timeout/],
    [{}, new Map([['timeout', '']]), /^timeout/],
    [{}, new Map([['bytes', 'maybe']]), /^bytes: expected true or false/],
    [{ maxQueueBytes: 1.5 }, none, /^maxQueueBytes: expected a whole number, 1 or more/],
    [{ retry: 'often' }, none, /^retry: expected one of safe, idempotent, always, never/],
  ])('%j with URL options %j is refused', (options, query, message) => {
    expect(() => readOptions(COMMON_RULES, options as never, query)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(message) }),
    );
  });

  it('are an object', () => {
    expect(() => readOptions({}, null as never, none)).toThrow(/options: expected an object/);
    for (const wrong of [[], new Map([['timeout', 1]]), new Uint8Array(1), 'text', () => {}])
      expect(() => readOptions(COMMON_RULES, wrong as never, none)).toThrow(/options: expected an object/);
    expect(readOptions({ any: Rule.any }, { any: Symbol.iterator }, none)).toEqual({ any: Symbol.iterator });
  });

  it('have defaults, and 0 or Infinity mean no deadline', () => {
    expect(commonSetup({}, 'redis')).toMatchObject({
      timeout: 5000,
      connectTimeout: 5000,
      retry: 'safe',
      maxQueueBytes: 2 ** 28,
      name: 'redis',
      backoff: { min: 50, max: 2000 },
      liveness: { idle: 15_000, grace: 5000 },
    });
    expect(commonSetup({ timeout: Number.POSITIVE_INFINITY }, 'redis').timeout).toBe(0);
    expect(commonSetup({ backoff: { max: 100 } }, 'redis').backoff).toEqual({ min: 50, max: 100 });
  });
});

describe('options in options', () => {
  it.each([
    [{ backoff: { mim: 1 } }, /^backoff.mim: unknown option in backoff; did you mean min\?/],
    [{ backoff: { min: -1 } }, /^backoff.min: expected milliseconds/],
    [{ backoff: { min: Number.NaN } }, /^backoff.min/],
    [{ backoff: { min: 10, max: 5 } }, /^backoff.min: expected at most backoff.max \(5 ms\), got 10/],
    [{ backoff: { min: 3000 } }, /^backoff.min: expected at most backoff.max \(2000 ms\), got 3000/],
    [{ backoff: null }, /^backoff: expected an object/],
    [{ backoff: [] }, /^backoff: expected an object/],
    [{ liveness: { idle: null } }, /^liveness.idle/],
    [{ liveness: { graze: 1 } }, /^liveness.graze: .*did you mean grace/],
    [{ tls: null }, /^tls: expected true, false or TLS options/],
    [{ tls: 'yes' }, /^tls/],
    [{ tls: { rejectUnauthorised: false } }, /^tls.rejectUnauthorised: .*did you mean rejectUnauthorized/],
    [{ tls: { rejectUnauthorized: 'false' } }, /^tls.rejectUnauthorized: expected true or false/],
    [{ tls: { ca: 5 } }, /^tls.ca: expected text or a Uint8Array/],
    [{ tls: { ca: [] } }, /^tls.ca: must not be empty/],
    [{ tls: { servername: 'good\0.evil' } }, /^tls.servername: it contains a control character/],
    [{ tls: { minVersion: 'SSLv3' } }, /^tls.minVersion: expected one of/],
    [{ timeuot: 5 }, /^timeuot: unknown option in the options; did you mean timeout\?/],
    [{ host: 'h' }, /^host: unknown option in the options; the address is the first argument/],
    [{ cluster: ['h'] }, /^cluster: unknown option in the options; the address is the first argument/],
    [{ constructor: 1 }, /^constructor: unknown option/],
    [{ name: '\ud800' }, /^name: the text has a lone surrogate/],
  ])('%j is refused', (options, message) => {
    expect(() => readOptions(COMMON_RULES, options as never, none)).toThrow(
      expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(message) }),
    );
  });

  it('are copies: what is changed after the check has no effect', () => {
    const ca = ['certificate'];
    const given = { backoff: { min: 1, max: 2 }, tls: { ca } };
    const read = readOptions(COMMON_RULES, given, none);
    given.backoff.min = Number.NaN;
    ca.push('another');
    expect(read).toEqual({ backoff: { min: 1, max: 2 }, tls: { ca: ['certificate'] } });
  });

  it('are read once', () => {
    const answers = [5, 'text', Number.NaN];
    const given = {
      get timeout() {
        return answers.shift() as number;
      },
    };
    expect(readOptions(COMMON_RULES, given, none)).toEqual({ timeout: 5 });
    expect(answers).toHaveLength(2);
  });
});

describe('inherited properties are no options', () => {
  it('of a prototype of the object', () => {
    const options = Object.create({ tls: true, timeout: 1 }, { name: { value: 'n', enumerable: true } }) as object;
    const read = readOptions<{ timeout?: number; tls?: boolean }>(COMMON_RULES, options, none);
    expect([read.timeout, read.tls]).toEqual([undefined, undefined]);
    expect(read).toEqual({ name: 'n' });
  });

  it('of Object.prototype', () => {
    Object.assign(Object.prototype, { tls: true, timeout: 1, keyPrefix: 'evil:' });
    try {
      const read = readOptions<{ tls?: boolean; timeout?: number }>(COMMON_RULES, {}, none);
      expect([read.tls, read.timeout]).toEqual([undefined, undefined]);
      const { timeout, keyPrefix } = mergeCallOptions(mergeCallOptions({}, {}), {});
      expect([timeout, keyPrefix]).toEqual([undefined, undefined]);
    } finally {
      for (const name of ['tls', 'timeout', 'keyPrefix']) Reflect.deleteProperty(Object.prototype, name);
    }
  });
});

describe('call options', () => {
  it('take a signal of another realm and one that only works like one', () => {
    const signal = { aborted: false, reason: undefined, addEventListener() {}, removeEventListener() {} };
    expect(mergeCallOptions({}, { signal: signal as unknown as AbortSignal }).signal).toBe(signal);
  });

  it('of a view replace those of the view it was made from', () => {
    const base = mergeCallOptions({}, { timeout: 10, bytes: true });
    expect(mergeCallOptions(base, { timeout: 20 })).toEqual({ timeout: 20, bytes: true });
    expect(mergeCallOptions(base, { timeout: Number.POSITIVE_INFINITY })).toMatchObject({ timeout: 0 });
  });

  it('are checked', () => {
    for (const wrong of [{ signal: {} }, { keyPrefix: '\ud800' }, { bytes: 1 }, { keyPrefix: 5 }, { db: 1 }]) {
      expect(() => mergeCallOptions({}, wrong as never)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
    }
  });
});
