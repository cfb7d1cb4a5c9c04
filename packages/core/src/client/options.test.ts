import { describe, expect, it } from 'vitest';
import { COMMON_RULES, commonSetup, mergeCallOptions, Rule, readOptions } from './options.ts';

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
    [{}, new Map([['tls', 'true']]), /^tls: unknown option in the URL/],
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
    expect(() => commonSetup({ liveness: { speed: 1 } as never }, 'redis')).toThrow(/speed: unknown option/);
  });
});

describe('call options', () => {
  it('of a view replace those of the view it was made from', () => {
    const base = mergeCallOptions({}, { timeout: 10, bytes: true });
    expect(mergeCallOptions(base, { timeout: 20 })).toEqual({ timeout: 20, bytes: true });
    expect(mergeCallOptions(base, { timeout: Number.POSITIVE_INFINITY })).toMatchObject({ timeout: 0 });
  });

  it('are checked', () => {
    for (const wrong of [{ signal: {} }, { bytes: 1 }, { keyPrefix: 5 }, { db: 1 }]) {
      expect(() => mergeCallOptions({}, wrong as never)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
    }
  });
});
