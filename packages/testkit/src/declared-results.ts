/** What command functions declare that their commands resolve to, read from their source, and whether a value is that. */
import { readdirSync, readFileSync } from 'node:fs';

/** Everything in a folder of commands, without its tests and what its subfolders have. */
export function sourceOf(folder: string): string {
  return readdirSync(folder)
    .filter((file) => /^[a-z-]+\.ts$/.test(file))
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
    .join('\n');
}

/** The name of an exported function in its file: `export { evaluate as eval }`. */
function localName(source: string, name: string): string {
  return new RegExp(`export \\{ (\\w+) as ${name} \\}`).exec(source)?.[1] ?? name;
}

/** What the signatures of a command function say that its command resolves to. */
export function declaredResults(source: string, name: string): string[] {
  const signature = new RegExp(
    `(?:export )?function ${localName(source, name)}(?:<.*?>)?\\([\\s\\S]*?\\): \\w*Command<(?:(\\w+)|([\\s\\S]*?), V)>[;\\s]`,
    'g',
  );
  return [...source.matchAll(signature)].map(([, word, type]) => (word ?? type ?? '').replaceAll(/\s+/g, ' '));
}

/** Splits at `|`, outside of brackets. */
function alternatives(type: string): string[] {
  const found: string[] = [''];
  let depth = 0;
  for (const char of type) {
    if ('<([{'.includes(char)) depth++;
    if ('>)]}'.includes(char)) depth--;
    if (char === '|' && depth === 0) found.push('');
    else found[found.length - 1] += char;
  }
  return found.map((one) => one.trim()).filter((one) => one !== '');
}

/** Nothing in it is undefined, no function, no object in text. */
function isWhole(value: unknown): boolean {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value === 'string') return !value.includes('[object') && !value.includes('undefined');
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true;
  if (value instanceof Map || value instanceof Set) return [...value].flat().every(isWhole);
  return Object.values(value).every(isWhole);
}

const isText = (value: unknown): boolean => typeof value === 'string' || value instanceof Uint8Array;
const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';

/** Whether a value is of a type, as far as its text tells; of named types only that they are objects without holes. */
export function fits(type: string, value: unknown): boolean {
  return alternatives(type).some((one) => fitsOne(one, value));
}

function fitsOne(type: string, value: unknown): boolean {
  if (type.startsWith('readonly ')) return fitsOne(type.slice(9), value);
  if (type.endsWith('[]'))
    return Array.isArray(value) && value.every((item) => fits(unwrapped(type.slice(0, -2)), item));
  if (type === 'unknown') return true;
  if (type === 'void') return value === undefined;
  if (type === 'null') return value === null;
  if (type === 'number' || type === 'bigint') return isNumber(value);
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'string') return typeof value === 'string';
  if (type === 'V' || type === 'Uint8Array') return isText(value);
  if (/^'.*'$/.test(type)) return value === type.slice(1, -1);
  if (/^\d+$/.test(type)) return value === Number(type);
  const [, inMap] = /^Map<string, (.*)>$/.exec(type) ?? [];
  if (inMap !== undefined) return value instanceof Map && [...value.values()].every((one) => fits(inMap, one));
  const [, item] = /^Record<string, (.*)>$/.exec(type) ?? [];
  if (item !== undefined) return isObject(value) && Object.values(value as object).every((one) => fits(item, one));
  return isWhole(value) && (isObject(value) || value instanceof Map || typeof value === 'string');
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function unwrapped(type: string): string {
  return type.startsWith('(') && type.endsWith(')') ? type.slice(1, -1) : type;
}
