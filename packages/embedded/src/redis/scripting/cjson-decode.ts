import { fail, type LuaValue, listOf, NULL } from './lua-values.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
};
const SIGNS: Readonly<Record<string, string>> = {
  '{': 'T_OBJ_BEGIN',
  '}': 'T_OBJ_END',
  '[': 'T_ARR_BEGIN',
  ']': 'T_ARR_END',
  ':': 'T_COLON',
  ',': 'T_COMMA',
};
const NUMBER =
  /[+-]?(0x[0-9a-f]+(\.[0-9a-f]*)?(p[+-]?[0-9]+)?|inf(inity)?|nan|([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?)/iy;
const WORDS: readonly (readonly [word: string, value: LuaValue])[] = [
  ['true', true],
  ['false', false],
  ['null', NULL],
];

interface Token {
  readonly type: string;
  readonly at: number;
  readonly value?: LuaValue;
}

/** The value of a JSON text, one character per byte. */
export function decodeJson(text: string, depth: number, invalidNumbers: boolean): LuaValue {
  if (text.length >= 2 && (text.charCodeAt(0) === 0 || text.charCodeAt(1) === 0)) {
    fail('JSON parser does not support UTF-16 or UTF-32');
  }
  return new JsonReader(text, depth, invalidNumbers).read();
}

class JsonReader {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #invalid: boolean;
  #at = 0;
  #depth = 0;

  constructor(text: string, maxDepth: number, invalid: boolean) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#invalid = invalid;
  }

  read(): LuaValue {
    const value = this.#value(this.#next());
    const end = this.#next();
    return end.type === 'T_END' ? value : this.#unexpected('the end', end);
  }

  #value(token: Token): LuaValue {
    switch (token.type) {
      case 'T_STRING':
      case 'T_NUMBER':
      case 'T_BOOLEAN':
      case 'T_NULL':
        return token.value;
      case 'T_OBJ_BEGIN':
        return this.#object();
      case 'T_ARR_BEGIN':
        return this.#list();
      default:
        return this.#unexpected('value', token);
    }
  }

  #object(): LuaValue {
    this.#descend();
    const entries = new Map<LuaValue, LuaValue>();
    let token = this.#next();
    while (token.type !== 'T_OBJ_END') {
      if (token.type !== 'T_STRING') this.#unexpected('object key string', token);
      const key = token.value;
      const colon = this.#next();
      if (colon.type !== 'T_COLON') this.#unexpected('colon', colon);
      entries.set(key, this.#value(this.#next()));
      token = this.#next();
      if (token.type === 'T_OBJ_END') break;
      if (token.type !== 'T_COMMA') this.#unexpected('comma or object end', token);
      token = this.#next();
      if (token.type === 'T_OBJ_END') this.#unexpected('object key string', token);
    }
    this.#depth -= 1;
    return { entries: [...entries] };
  }

  #list(): LuaValue {
    this.#descend();
    const items: LuaValue[] = [];
    let token = this.#next();
    while (token.type !== 'T_ARR_END') {
      items.push(this.#value(token));
      token = this.#next();
      if (token.type === 'T_ARR_END') break;
      if (token.type !== 'T_COMMA') this.#unexpected('comma or array end', token);
      token = this.#next();
      if (token.type === 'T_ARR_END') this.#unexpected('value', token);
    }
    this.#depth -= 1;
    return listOf(items);
  }

  #descend(): void {
    this.#depth += 1;
    if (this.#depth > this.#maxDepth) {
      fail(`Found too many nested data structures (${this.#depth}) at character ${this.#at}`);
    }
  }

  #next(): Token {
    while (/[ \t\n\r]/.test(this.#text.charAt(this.#at))) this.#at += 1;
    const at = this.#at;
    const char = this.#text.charAt(at);
    if (char === '') return { type: 'T_END', at };
    const sign = SIGNS[char];
    if (sign !== undefined) {
      this.#at += 1;
      return { type: sign, at };
    }
    if (char === '"') return this.#string(at);
    return /[-+0-9infa.]/i.test(char) ? this.#number(at) : this.#word(at);
  }

  #word(at: number): Token {
    const found = WORDS.find(([word]) => this.#text.startsWith(word, at));
    if (found === undefined) return { type: 'T_ERROR', at, value: 'invalid token' };
    this.#at += found[0].length;
    return { type: found[0] === 'null' ? 'T_NULL' : 'T_BOOLEAN', at, value: found[1] };
  }

  #number(at: number): Token {
    const word = this.#word(at);
    if (word.type !== 'T_ERROR') return word;
    NUMBER.lastIndex = at;
    const text = NUMBER.exec(this.#text)?.[0];
    const isPlain = text !== undefined && /^-?([0-9]|$)/.test(text) && !/^-?0[0-9x]/i.test(text);
    if (text === undefined)
      return { type: 'T_ERROR', at, value: /[0-9-]/.test(this.#text.charAt(at)) ? 'invalid number' : 'invalid token' };
    if (!isPlain && !this.#invalid) return { type: 'T_ERROR', at, value: 'invalid number' };
    this.#at += text.length;
    return { type: 'T_NUMBER', at, value: numberOf(text) };
  }

  #string(at: number): Token {
    let value = '';
    for (let index = at + 1; index < this.#text.length; index += 1) {
      const char = this.#text.charAt(index);
      if (char === '"') {
        this.#at = index + 1;
        return { type: 'T_STRING', at, value };
      }
      if (char !== '\\') {
        value += char;
        continue;
      }
      const escaped = this.#escape(index);
      if (escaped === undefined) return { type: 'T_ERROR', at: index, value: this.#badEscape(index) };
      value += escaped.text;
      index += escaped.length - 1;
    }
    return { type: 'T_ERROR', at: this.#text.length, value: 'unexpected end of string' };
  }

  #escape(at: number): { readonly text: string; readonly length: number } | undefined {
    const char = this.#text.charAt(at + 1);
    if (char !== 'u') {
      const text = ESCAPES[char];
      return text === undefined ? undefined : { text, length: 2 };
    }
    const first = this.#unit(at);
    if (first === undefined || (first & 0xfc00) === 0xdc00) return undefined;
    if ((first & 0xf800) !== 0xd800) return { text: utf8(first), length: 6 };
    const second = this.#unit(at + 6);
    if (second === undefined || (second & 0xfc00) !== 0xdc00) return undefined;
    return { text: utf8(0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff)), length: 12 };
  }

  /** The number after `\u`. */
  #unit(at: number): number | undefined {
    const match = /^\\u([0-9a-f]{4})$/i.exec(this.#text.slice(at, at + 6));
    return match === null ? undefined : Number.parseInt(match[1] as string, 16);
  }

  #badEscape(at: number): string {
    return this.#text.charAt(at + 1) === 'u' ? 'invalid unicode escape code' : 'invalid escape code';
  }

  #unexpected(expected: string, { type, at, value }: Token): never {
    const found = type === 'T_ERROR' && typeof value === 'string' ? value : type;
    return fail(`Expected ${expected} but found ${found} at character ${at + 1}`);
  }
}

function utf8(code: number): string {
  return Buffer.from(String.fromCodePoint(code)).toString('latin1');
}

function numberOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]/, '').toLowerCase();
  if (body.startsWith('inf')) return sign * Number.POSITIVE_INFINITY;
  return body === 'nan' ? Number.NaN : sign * Number(body);
}
