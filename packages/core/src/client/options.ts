import type { RetryMode, SendOptions } from '../command/executor.ts';
import type { LivenessOptions } from '../connection/connection.ts';
import { ArgumentError } from '../errors.ts';
import type { Backoff } from '../pool/backoff.ts';
import { DEFAULT_BACKOFF } from '../pool/backoff.ts';
import { LONGEST_TIMER } from '../request/timer-limits.ts';
import type { TlsOptions } from '../transport/transport.ts';
import type { ClientSetup } from './client-setup.ts';

/** Options that clients, pools and connections of all backends have. */
export interface CommonOptions {
  /** Deadline of a call in ms: queue, connect, wire. Default 5000; 0 = none. */
  readonly timeout?: number | undefined;
  /** Deadline of one attempt to connect, handshake included, in ms. Default 5000; 0 = none. */
  readonly connectTimeout?: number | undefined;
  /**
   * What is repeated after a connection was lost with it on its way. Default `safe`: reads only. Whatever it says, a
   * command is written three times at most.
   */
  readonly retry?: RetryMode | undefined;
  /** Most bytes that may wait to be written (argument lengths + 64 per command). Default 256 MiB. */
  readonly maxQueueBytes?: number | undefined;
  /** User data as `Uint8Array` instead of text. Default false. */
  readonly bytes?: boolean | undefined;
  /** Name in diagnostics; Redis also gets it with CLIENT SETNAME. */
  readonly name?: string | undefined;
  /** TLS options; `true` = the defaults. TLS schemes imply it. */
  readonly tls?: boolean | TlsOptions | undefined;
  /** Bounds of the wait between attempts to connect. */
  readonly backoff?: Partial<Backoff> | undefined;
  /** When a silent connection is taken for dead. */
  readonly liveness?: Partial<LivenessOptions> | undefined;
}

/** Checks one option. `fromText`: how its value in a URL is read first. */
export interface OptionRule {
  readonly check: (value: unknown, name: string) => void;
  readonly fromText?: ((text: string) => unknown) | undefined;
}

/** The option rules of one function, by name. */
export type OptionRules = Readonly<Record<string, OptionRule>>;

function numberRule(expected: string, accepts: (value: number) => boolean): OptionRule {
  return {
    check: (value, name) => {
      if (typeof value !== 'number' || !accepts(value)) throw new ArgumentError(`${name}: expected ${expected}`);
    },
    fromText: (text) => (text.trim() === '' ? Number.NaN : Number(text)),
  };
}

function typeRule(expected: string, accepts: (value: unknown) => boolean): OptionRule {
  return {
    check: (value, name) => {
      if (!accepts(value)) throw new ArgumentError(`${name}: expected ${expected}`);
    },
  };
}

/** The usual rules. */
export const Rule: {
  readonly milliseconds: OptionRule;
  readonly count: OptionRule;
  readonly index: OptionRule;
  readonly boolean: OptionRule;
  readonly text: OptionRule;
  readonly object: OptionRule;
  readonly function: OptionRule;
  /** Given in code only, and checked where it is used. */
  readonly any: OptionRule;
  oneOf(values: readonly unknown[]): OptionRule;
} = {
  milliseconds: numberRule('milliseconds, 0 or more', (value) => value >= 0),
  count: numberRule('a whole number, 1 or more', (value) => Number.isSafeInteger(value) && value >= 1),
  index: numberRule('a whole number, 0 or more', (value) => Number.isSafeInteger(value) && value >= 0),
  boolean: {
    ...typeRule('true or false', (value) => typeof value === 'boolean'),
    fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  },
  text: { ...typeRule('text', (value) => typeof value === 'string'), fromText: (text) => text },
  object: typeRule('an object', (value) => typeof value === 'object' && value !== null),
  function: typeRule('a function', (value) => typeof value === 'function'),
  any: typeRule('a value', () => true),
  oneOf: (values) => ({
    ...typeRule(`one of ${values.join(', ')}`, (value) => values.includes(value)),
    fromText: (text) => values.find((value) => String(value) === text) ?? text,
  }),
};

/** The rules of {@link CommonOptions}. */
export const COMMON_RULES: OptionRules = {
  timeout: Rule.milliseconds,
  connectTimeout: Rule.milliseconds,
  retry: Rule.oneOf(['safe', 'idempotent', 'always', 'never']),
  maxQueueBytes: Rule.count,
  bytes: Rule.boolean,
  name: Rule.text,
  tls: typeRule('true, false or TLS options', (value) => typeof value === 'boolean' || typeof value === 'object'),
  backoff: Rule.object,
  liveness: Rule.object,
};

/**
 * Options of the call and of the URL's query in one, checked; those of the call win.
 *
 * @throws ArgumentError for an unknown or wrong option; values are not part of the message
 */
export function readOptions<O extends object>(rules: OptionRules, options: O, query: ReadonlyMap<string, string>): O {
  if (typeof options !== 'object' || options === null) throw new ArgumentError('options: expected an object');
  const all: Record<string, unknown> = {};
  for (const [name, text] of query) {
    const rule = rules[name];
    if (rule?.fromText === undefined) throw unknownOption(name, 'URL');
    all[name] = rule.fromText(text);
    rule.check(all[name], name);
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const rule = rules[name];
    if (rule === undefined) throw unknownOption(name, 'options');
    rule.check(value, name);
    all[name] = value;
  }
  return all as O;
}

function unknownOption(name: string, where: string): ArgumentError {
  return new ArgumentError(`${name}: unknown option in the ${where}`);
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
    backoff: { ...DEFAULT_BACKOFF, ...readOptions(BACKOFF_RULES, options.backoff ?? {}, NONE) },
    liveness: { idle: 15_000, grace: 5000, ...readOptions(LIVENESS_RULES, options.liveness ?? {}, NONE) },
  };
}

type CommonSetup = Pick<
  ClientSetup,
  'timeout' | 'connectTimeout' | 'retry' | 'maxQueueBytes' | 'name' | 'backoff' | 'liveness'
>;

const NONE: ReadonlyMap<string, string> = new Map();
const BACKOFF_RULES: OptionRules = { min: Rule.milliseconds, max: Rule.milliseconds };
const LIVENESS_RULES: OptionRules = { idle: Rule.milliseconds, grace: Rule.milliseconds };

/** What can be said per call; `with()` makes a view that says it for all its calls. */
export interface CallOptions extends SendOptions {
  /** Put before every key, and taken off where keys come back. */
  readonly keyPrefix?: string | undefined;
}

const CALL_RULES: OptionRules = {
  timeout: Rule.milliseconds,
  signal: typeRule('an AbortSignal', (value) => value instanceof AbortSignal),
  bytes: Rule.boolean,
  retry: COMMON_RULES['retry'] as OptionRule,
  keyPrefix: Rule.text,
};

/** The options of a view made from another view. @throws ArgumentError */
export function mergeCallOptions(base: CallOptions, more: CallOptions): CallOptions {
  const checked = readOptions(CALL_RULES, more, NONE);
  const { timeout } = checked;
  return { ...base, ...checked, ...(timeout === Number.POSITIVE_INFINITY ? { timeout: 0 } : {}) };
}
