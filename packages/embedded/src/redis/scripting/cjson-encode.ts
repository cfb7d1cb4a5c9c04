import { fail, formatNumber, isTable, type LuaTable, type LuaValue, NULL, typeName } from './lua-values.ts';

/** How the library is set. */
export interface CjsonSettings {
  /** Whether a table with gaps becomes an object; otherwise it is refused when it has more gaps than `ratio` times its items. */
  convertSparse: boolean;
  ratio: number;
  /** Up to this index gaps do not count. */
  safe: number;
  encodeDepth: number;
  decodeDepth: number;
  precision: number;
  encodeInvalid: boolean | 'null';
  decodeInvalid: boolean;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

function quote(text: string): string {
  const escaped = text.replaceAll(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to escape
    /["\\/\x00-\x1f\x7f]/g,
    (char) => ESCAPES[char] ?? `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `"${escaped}"`;
}

/** JSON text of a value. */
export function encodeJson(value: LuaValue, settings: CjsonSettings): string {
  return new Encoder(settings).encode(value, 0);
}

class Encoder {
  readonly #settings: CjsonSettings;

  constructor(settings: CjsonSettings) {
    this.#settings = settings;
  }

  encode(value: LuaValue, depth: number): string {
    if (value === undefined || value === NULL) return 'null';
    if (typeof value === 'boolean') return value ? 'true' : 'false';
    if (typeof value === 'string') return quote(value);
    if (typeof value === 'number') return this.#number(value);
    if (!isTable(value)) return fail(`Cannot serialise ${typeName(value)}: type not supported`);
    return this.#table(value, depth + 1);
  }

  #table(table: LuaTable, depth: number): string {
    if (depth > this.#settings.encodeDepth) fail(`Cannot serialise, excessive nesting (${depth})`);
    const length = this.#listLength(table);
    if (length <= 0) return this.#object(table, depth);
    const items = new Array<LuaValue>(length).fill(undefined);
    for (const [key, value] of table.entries) items[(key as number) - 1] = value;
    return `[${items.map((item) => this.encode(item, depth)).join(',')}]`;
  }

  #object({ entries }: LuaTable, depth: number): string {
    const members = entries.map(([key, value]) => `${this.#key(key)}:${this.encode(value, depth)}`);
    return `{${members.join(',')}}`;
  }

  #key(key: LuaValue): string {
    if (typeof key === 'string') return quote(key);
    if (typeof key === 'number') return `"${this.#number(key)}"`;
    return fail(`Cannot serialise ${typeName(key)}: table key must be a number or string`);
  }

  /** The greatest index of a list; -1: it is an object. */
  #listLength({ entries }: LuaTable): number {
    let length = 0;
    for (const [key] of entries) {
      if (typeof key !== 'number' || !Number.isInteger(key) || key < 1) return -1;
      length = Math.max(length, key);
    }
    const { ratio, safe, convertSparse } = this.#settings;
    const isSparse = ratio > 0 && length > entries.length * ratio && length > safe;
    if (isSparse && !convertSparse) fail('Cannot serialise table: excessively sparse array');
    return isSparse ? -1 : length;
  }

  #number(value: number): string {
    const { encodeInvalid, precision } = this.#settings;
    if (Number.isFinite(value) || encodeInvalid === true) return formatNumber(value, precision);
    return encodeInvalid === 'null' ? 'null' : fail('Cannot serialise number: must not be NaN or Inf');
  }
}
