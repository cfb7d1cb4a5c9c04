/** What `console.log()` and JSON show of a client: no passwords. Its `options` keep them, because libraries copy these. */
import type { InspectOptions, inspect } from 'node:util';

type Inspect = typeof inspect;

/** Names of options that are secrets, wherever they stand: logins, and the private keys of TLS. */
const SECRET = /password|passphrase|^(?:key|pfx|token|secret)$/i;

/** So deep options are shown. */
const DEPTH = 5;

/** Lets objects of a class be shown with their name and some of their members, and as JSON with these members. */
export function installInspection<T extends object>(prototype: T, members: (object: T) => object): void {
  const value = function (this: T, depth: number | null, options: InspectOptions, inspect: Inspect): string {
    const name = this.constructor.name;
    if (depth !== null && depth < 0) return `[${name}]`;
    return `${name} ${inspect(withoutSecrets(members(this), DEPTH), { ...options, depth })}`;
  };
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), { value, configurable: true });
  const toJSON = function (this: T): unknown {
    return withoutSecrets(members(this), DEPTH);
  };
  Object.defineProperty(prototype, 'toJSON', { value: toJSON, configurable: true });
}

/** A copy to be shown. Of objects with a class of their own there is only the name: what is in them is not known. */
function withoutSecrets(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return withoutLogin(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return depth === 0 ? '[Array]' : value.map((item) => withoutSecrets(item, depth - 1));
  if (!isPlain(value)) return `[${value.constructor?.name ?? 'Object'}]`;
  if (depth === 0) return '[Object]';
  const shown = Object.entries(value).filter(([name]) => !SECRET.test(name));
  return Object.fromEntries(shown.map(([name, one]) => [name, withoutSecrets(one, depth - 1)]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** An address without user and password. */
function withoutLogin(text: string): string {
  return text.replace(/:\/\/[^\s/]*@/g, '://').replace(/([?&])\w*pass(?:word|phrase)=[^&\s]*/gi, '$1');
}
