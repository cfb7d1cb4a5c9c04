import { ArgumentError, type OptionRules, Rule, readOptions, type Signal } from '@kv/core';

/** How a lock is taken and kept. */
export interface LockOptions {
  /**
   * Milliseconds after which the server gives the lock free when nothing is heard of its holder: a whole number, 100 or more.
   *
   * @default 10,000
   */
  readonly ttl?: number | undefined;
  /**
   * How long to wait while another client holds it, ms; 0 = one attempt.
   *
   * @default 5,000
   */
  readonly wait?: number | undefined;
  /**
   * Milliseconds between two attempts, on average: they vary by half of it, so that those who wait do not ask in step.
   *
   * @default 100
   */
  readonly retryEvery?: number | undefined;
  /**
   * Whether the lock is extended, every third of `ttl`, until it is released.
   *
   * @default true
   */
  readonly extend?: boolean | undefined;
  /** Ends the waiting. */
  readonly signal?: Signal | undefined;
}

const RULES: OptionRules = {
  ttl: Rule.count,
  wait: Rule.milliseconds,
  retryEvery: Rule.count,
  extend: Rule.boolean,
  signal: Rule.signal,
};

/** Less would leave no time for a round trip and an extension. */
const SHORTEST = 100;

/** The options with their defaults. */
export interface LockSettings {
  readonly ttl: number;
  readonly wait: number;
  readonly retryEvery: number;
  readonly extend: boolean;
  readonly signal?: Signal;
}

/** @throws ArgumentError for a wrong option */
export function readLockOptions(options: LockOptions): LockSettings {
  const settings: LockSettings = {
    ttl: 10_000,
    wait: 5000,
    retryEvery: 100,
    extend: true,
    ...(readOptions(RULES, options, new Map()) as Partial<LockSettings>),
  };
  if (settings.ttl < SHORTEST) throw new ArgumentError(`ttl: expected ${SHORTEST} ms or more`);
  return settings;
}
