/** Reads options: own properties only, each of them once, and what is kept is a copy of what was checked. */
import { isBytes } from '../command/bytes.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ArgumentError } from '../errors.ts';

/** Checks one option. `fromText`: how its value in a URL is read first. */
export interface OptionRule {
  /** Gives what is kept of the value, which is a copy where it is an object with fields. @throws ArgumentError */
  readonly read: (value: unknown, name: string) => unknown;
  readonly fromText?: ((text: string) => unknown) | undefined;
}

/** The option rules of one function, by name. */
export type OptionRules = Readonly<Record<string, OptionRule>>;

function numberRule(expected: string, accepts: (value: number) => boolean): OptionRule {
  return {
    ...typeRule(expected, (value) => typeof value === 'number' && accepts(value)),
    fromText: (text) => (text.trim() === '' ? Number.NaN : Number(text)),
  };
}

function typeRule(expected: string, accepts: (value: unknown) => boolean): OptionRule {
  return {
    read: (value, name) => {
      if (!accepts(value)) throw new ArgumentError(`${name}: expected ${expected}`);
      return value;
    },
  };
}

function readText(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new ArgumentError(`${name}: expected text`);
  if (value.isWellFormed()) return value;
  throw new ArgumentError(`${name}: the text has a lone surrogate, which UTF-8 cannot carry`);
}

function readWord(value: unknown, name: string): string {
  const text = readText(value, name);
  if (/\p{Cc}/u.test(text)) throw new ArgumentError(`${name}: it contains a control character`);
  return text;
}

/** Whether a value works as an `AbortSignal`: also one of another realm, or of a package that makes its own. */
function isSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
  return (
    typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  );
}

/** The usual rules. */
export const Rule: {
  readonly milliseconds: OptionRule;
  readonly count: OptionRule;
  readonly index: OptionRule;
  /** A count that may be `Infinity`. */
  readonly limit: OptionRule;
  readonly boolean: OptionRule;
  /** Text that UTF-8 can carry. */
  readonly text: OptionRule;
  /** Text without control characters. */
  readonly word: OptionRule;
  /** Bytes or text. */
  readonly data: OptionRule;
  readonly signal: OptionRule;
  readonly function: OptionRule;
  /** Given in code only, and checked where it is used. */
  readonly any: OptionRule;
  /** A class that extends the one of this name. */
  subclass(name: string): OptionRule;
  oneOf(values: readonly unknown[]): OptionRule;
  /** An object with options of its own. */
  nested(rules: OptionRules): OptionRule;
} = {
  milliseconds: numberRule('milliseconds, 0 or more', (value) => value >= 0),
  count: numberRule('a whole number, 1 or more', (value) => Number.isSafeInteger(value) && value >= 1),
  index: numberRule('a whole number, 0 or more', (value) => Number.isSafeInteger(value) && value >= 0),
  limit: numberRule('a whole number, 1 or more, or Infinity', (value) => value >= 1 && isWhole(value)),
  boolean: {
    ...typeRule('true or false', (value) => typeof value === 'boolean'),
    fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  },
  text: { read: readText, fromText: (text) => text },
  word: { read: readWord, fromText: (text) => text },
  data: typeRule('text or a Uint8Array', (value) => typeof value === 'string' || isBytes(value)),
  signal: typeRule('an AbortSignal', isSignal),
  function: typeRule('a function', (value) => typeof value === 'function'),
  any: typeRule('a value', () => true),
  subclass: (name) => typeRule(`a class that extends ${name}`, (value) => typeof value === 'function'),
  oneOf: (values) => ({
    ...typeRule(`one of ${values.join(', ')}`, (value) => values.includes(value)),
    fromText: (text) => values.find((value) => String(value) === text) ?? text,
  }),
  nested: (rules) => ({ read: (value, name) => readFields(rules, value, name, `${name}.`) }),
};

function isWhole(value: number): boolean {
  return value === Number.POSITIVE_INFINITY || Number.isSafeInteger(value);
}

/** Names whose place is the first argument. */
const ADDRESS_PARTS: ReadonlySet<string> = new Set([
  'host',
  'port',
  'path',
  'url',
  'hostname',
  'socket',
  'cluster',
  'sentinels',
]);

/**
 * Options of the call and of the URL's query in one, checked; those of the call win. Inherited properties are no
 * options, also not those that somebody put on `Object.prototype`: the result has no prototype.
 *
 * @throws ArgumentError for an unknown or wrong option; values are not part of the message
 */
export function readOptions<O extends object>(rules: OptionRules, options: O, query: ReadonlyMap<string, string>): O {
  const inUrl = readQuery(rules, query);
  const inCall = readFields(rules, options, 'options', '');
  return (inUrl === NO_FIELDS ? inCall : Object.assign(inUrl, inCall)) as O;
}

/** Of all that were given no options. */
const NO_FIELDS: Readonly<Record<string, unknown>> = Object.freeze(Object.create(null));

function readQuery(rules: OptionRules, query: ReadonlyMap<string, string>): Readonly<Record<string, unknown>> {
  if (query.size === 0) return NO_FIELDS;
  const fields = Object.create(null) as Record<string, unknown>;
  for (const [name, text] of query) {
    const rule = ruleOf(rules, name);
    if (rule?.fromText === undefined) throw unknownOption(name, 'the URL', rules);
    fields[name] = rule.read(rule.fromText(text), name);
  }
  return fields;
}

/** The fields of options that are given, not checked further. @throws ArgumentError for what is no object with fields */
export function givenOptions<O extends object>(options: O): O {
  if (!isFields(options)) throw new ArgumentError('options: expected an object');
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as O;
}

function readFields(
  rules: OptionRules,
  given: unknown,
  name: string,
  prefix: string,
): Readonly<Record<string, unknown>> {
  if (!isFields(given)) throw new ArgumentError(`${name}: expected an object`);
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return NO_FIELDS;
  const fields = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) {
    const rule = ruleOf(rules, key);
    if (rule === undefined) throw unknownOption(`${prefix}${key}`, name === 'options' ? 'the options' : name, rules);
    fields[key] = rule.read(value, `${prefix}${key}`);
  }
  return fields;
}

function ruleOf(rules: OptionRules, name: string): OptionRule | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined;
}

/** An object with named fields: a list, a Map or bytes would be read as if nothing was given. */
function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value);
}

function unknownOption(name: string, where: string, rules: OptionRules): ArgumentError {
  return new ArgumentError(`${name}: unknown option in ${where}${hintFor(name, rules)}`);
}

function hintFor(name: string, rules: OptionRules): string {
  if (ruleOf(rules, name) !== undefined) return '; give it in the options';
  if (ADDRESS_PARTS.has(name)) return '; the address is the first argument: { host, port }, { path } or a URL';
  return didYouMean(name.slice(name.lastIndexOf('.') + 1), Object.keys(rules));
}
