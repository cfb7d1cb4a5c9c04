import type { Data } from '../command/arguments.ts';
import type { RetryMode, SendOptions } from '../command/executor.ts';
import type { LivenessOptions } from '../connection/liveness.ts';
import { ArgumentError } from '../errors.ts';
import { type OptionRule, type OptionRules, Rule, readOptions } from '../options/option-rules.ts';
import type { Backoff, BackoffDelay } from '../pool/backoff.ts';
import { DEFAULT_BACKOFF } from '../pool/backoff.ts';
import { LONGEST_TIMER } from '../request/timer-limits.ts';
import { tlsRule } from '../transport/tls-options.ts';
import type { TlsOptions } from '../transport/transport.ts';
import type { ClientSetup } from './client-setup.ts';

/** Options that clients, pools and connections of all backends have. */
export interface CommonOptions {
  /**
   * Deadline of a call in ms: queue, connect, wire; 0 = none.
   *
   * @default 5000
   */
  readonly timeout?: number | undefined;
  /**
   * Deadline of one attempt to connect, handshake included, in ms; 0 = none.
   *
   * @default 5000
   */
  readonly connectTimeout?: number | undefined;
  /**
   * What is repeated after a connection was lost with it on its way. Whatever it says, a
   * command is written three times at most.
   *
   * @default 'safe': reads only
   */
  readonly retry?: RetryMode | undefined;
  /**
   * Most bytes that may wait to be written (argument lengths + 64 per command).
   *
   * @default 256 MiB
   */
  readonly maxQueueBytes?: number | undefined;
  /**
   * User data as `Uint8Array` instead of text.
   *
   * @default false
   */
  readonly bytes?: boolean | undefined;
  /** Name in diagnostics; Redis also gets it with CLIENT SETNAME. */
  readonly name?: string | undefined;
  /** TLS options; `true` = the defaults. TLS schemes imply it. */
  readonly tls?: boolean | TlsOptions | undefined;
  /**
   * Bounds of the wait between attempts to connect; or a function that gets the number of failures in a row and the
   * last
   * error, and says the wait in ms. `undefined` or `null` ends the attempts: calls that wait reject, and the next call
   * begins again.
   */
  readonly backoff?: Partial<Backoff> | BackoffDelay | undefined;
  /** When a silent connection is taken for dead. */
  readonly liveness?: Partial<LivenessOptions> | undefined;
  /**
   * Whether errors of replies and timeouts have the stack of the call, not of the event loop. It costs each call about
   * 10 µs of CPU: measured on Node 20, a GET takes 10 µs instead of 1 µs with 64 at a time, and 25 µs instead of 13 µs
   * one by one.
   *
   * @default false
   */
  readonly stackTraces?: boolean | undefined;
}

const BACKOFF = Rule.nested({ min: Rule.milliseconds, max: Rule.milliseconds });

/** The rules of {@link CommonOptions}. */
export const COMMON_RULES: OptionRules = {
  timeout: Rule.milliseconds,
  connectTimeout: Rule.milliseconds,
  retry: Rule.oneOf(['safe', 'idempotent', 'always', 'never']),
  maxQueueBytes: Rule.count,
  bytes: Rule.boolean,
  name: Rule.text,
  tls: tlsRule,
  backoff: { read: readBackoff },
  stackTraces: Rule.boolean,
  liveness: Rule.nested({ idle: Rule.milliseconds, grace: Rule.milliseconds }),
};

function readBackoff(value: unknown, name: string): Backoff {
  if (typeof value === 'function') return { ...DEFAULT_BACKOFF, delay: value as BackoffDelay };
  const given = BACKOFF.read(value, name) as Partial<Backoff>;
  const { min, max } = { ...DEFAULT_BACKOFF, ...given };
  if (min > max) throw new ArgumentError(`${name}.min: expected at most ${name}.max (${max} ms), got ${min}`);
  return { min, max };
}

/** What the common options mean for a client. */
export function commonSetup(options: CommonOptions, backend: string): CommonSetup {
  const {
    timeout = 5000,
    connectTimeout = 5000,
    retry = 'safe',
    maxQueueBytes = 268_435_456,
    name = backend,
  } = options;
  return {
    timeout: timeout === Number.POSITIVE_INFINITY ? 0 : timeout,
    connectTimeout: Math.min(connectTimeout || LONGEST_TIMER, LONGEST_TIMER),
    retry,
    maxQueueBytes,
    name,
    stackTraces: options.stackTraces,
    backoff: backoffOf(options.backoff),
    liveness: options.liveness === undefined ? DEFAULT_LIVENESS : { ...DEFAULT_LIVENESS, ...options.liveness },
  };
}

const DEFAULT_LIVENESS: LivenessOptions = { idle: 15_000, grace: 5000 };

function backoffOf(given: CommonOptions['backoff']): Backoff {
  if (given === undefined) return DEFAULT_BACKOFF;
  return typeof given === 'function' ? { ...DEFAULT_BACKOFF, delay: given } : { ...DEFAULT_BACKOFF, ...given };
}

type CommonSetup = Pick<
  ClientSetup,
  'timeout' | 'connectTimeout' | 'retry' | 'maxQueueBytes' | 'name' | 'backoff' | 'liveness' | 'stackTraces'
>;

const NONE: ReadonlyMap<string, string> = new Map();

/** What can be said per call; `with()` makes a view that says it for all its calls. */
export interface CallOptions extends SendOptions {
  /** Put before every key, and taken off where keys come back. */
  readonly keyPrefix?: string | undefined;
}

/** Call options of a lease, and which server it is on. */
export interface AcquireOptions extends CallOptions {
  /** With several servers: a key (without prefix) that lies on the server; the lease refuses keys of the others. */
  readonly key?: Data | undefined;
}

/** The rules of {@link CallOptions}. */
export const CALL_RULES: OptionRules = {
  timeout: Rule.milliseconds,
  signal: Rule.signal,
  bytes: Rule.boolean,
  retry: COMMON_RULES['retry'] as OptionRule,
  keyPrefix: Rule.text,
};

/**
 * The options of a view made from another view. All of them are there, also when they are undefined, so that no
 * inherited
 * property stands in for one. @throws ArgumentError
 */
export function mergeCallOptions(base: CallOptions, more: CallOptions): CallOptions {
  const all: CallOptions = Object.assign(Object.create(null), base, readOptions(CALL_RULES, more, NONE));
  const { timeout, signal, bytes, retry, keyPrefix, route } = all;
  return { timeout: timeout === Number.POSITIVE_INFINITY ? 0 : timeout, signal, bytes, retry, keyPrefix, route };
}

const ACQUIRE_RULES: OptionRules = { ...CALL_RULES, key: Rule.any };

/** What `acquire()` was told: the call options of the lease, and a key that is not checked yet. @throws ArgumentError */
export function readAcquireOptions(
  base: CallOptions,
  options: AcquireOptions,
): { readonly call: CallOptions; readonly key: Data | undefined } {
  const { key, ...more } = readOptions(ACQUIRE_RULES, options, NONE);
  return { call: mergeCallOptions(base, more), key };
}

const CLOSE_RULES: OptionRules = { timeout: Rule.milliseconds };

/** How long `close()` may take, as it was told. @throws ArgumentError */
export function readCloseTimeout(options: { readonly timeout?: number | undefined }): number | undefined {
  return readOptions(CLOSE_RULES, options, NONE).timeout;
}
