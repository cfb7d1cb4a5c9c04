import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError } from '../command-error.ts';
import { globMatches } from '../glob.ts';
import type { Entry } from '../keyspace.ts';
import { formatDouble, numberOf } from '../numbers.ts';
import { array, bulk, bulks } from '../replies.ts';
import { scanHash } from '../scan-hash.ts';
import { encodingOf } from '../values.ts';

interface ScanOptions {
  readonly pattern: string | undefined;
  readonly count: number;
  readonly type: string | undefined;
}

const DEFAULT_COUNT = 10;

function scanOptions(args: readonly string[], withType: boolean): ScanOptions {
  let pattern: string | undefined;
  let type: string | undefined;
  let count = DEFAULT_COUNT;
  for (let at = 0; at < args.length; at += 2) {
    const option = arg(args, at).toUpperCase();
    const value = args[at + 1] ?? syntaxError();
    if (option === 'MATCH') pattern = value;
    else if (option === 'COUNT') count = numberOf(value);
    else if (option === 'TYPE' && withType) type = value.toLowerCase();
    else syntaxError();
    if (count < 1) syntaxError();
  }
  return { pattern, count, type };
}

const MAX_CURSOR = 2n ** 64n - 1n;

function cursorOf(text: string): number {
  const digits = /^[+-]?([0-9]{1,20})$|^$/.exec(text);
  if (digits === null || BigInt(digits[1] ?? '0') > MAX_CURSOR) refuse('invalid cursor');
  return text.startsWith('-') ? Number.POSITIVE_INFINITY : Number(text);
}

const scan: Run = ({ db }, [cursorText = '', ...args]) => {
  const cursor = cursorOf(cursorText);
  const { pattern, count, type } = scanOptions(args, true);
  const { entries, next } = db.scan(cursor, count);
  const shown = entries.filter(
    ({ key, value }) =>
      (type === undefined || value.type === type) && (pattern === undefined || globMatches(pattern, key)),
  );
  return array([bulk(String(next)), bulks(shown.map(({ key }) => key))]);
};

interface Snapshot {
  readonly version: number;
  /** By hash; the next cursor is the hash to go on with. */
  readonly members: readonly (readonly [hash: number, member: string])[];
}

const snapshots = new WeakMap<Entry, Snapshot>();

/**
 * Members in the order of a hash of their own bytes. A cursor is such a hash, so a member that is there from the first
 * call to the last is always returned, whatever is added or removed meanwhile.
 */
function byHash(entry: Entry, members: Iterable<string>): Snapshot['members'] {
  const known = snapshots.get(entry);
  if (known?.version === entry.version) return known.members;
  const hashed = Array.from(members, (member) => [scanHash(member), member] as const);
  hashed.sort((a, b) => a[0] - b[0]);
  snapshots.set(entry, { version: entry.version, members: hashed });
  return hashed;
}

interface Page {
  readonly members: readonly string[];
  readonly next: number;
}

/** Compact values come whole, whatever the count. */
function page(entry: Entry, members: Iterable<string>, cursor: number, count: number): Page {
  const encoding = encodingOf(entry.value);
  if (encoding === 'listpack' || encoding === 'intset') return { members: [...members], next: 0 };
  const hashed = byHash(entry, members);
  let at = hashed.findIndex(([hash]) => hash >= cursor);
  const shown: string[] = [];
  for (; at >= 0 && at < hashed.length; at += 1) {
    const [hash, member] = hashed[at] as readonly [number, string];
    if (shown.length >= count && hash !== hashed[at - 1]?.[0]) return { members: shown, next: hash };
    shown.push(member);
  }
  return { members: shown, next: 0 };
}

/** `open` gives the members and what is shown of each; undefined: no such key. */
function scanInside(
  open: (context: Context, key: string) => { members: Iterable<string>; show(member: string): string[] } | undefined,
): Run {
  return (context, [key = '', cursorText = '', ...args]) => {
    const cursor = cursorOf(cursorText);
    const value = open(context, key);
    const entry = context.db.entry(key);
    if (value === undefined || entry === undefined) return array([bulk('0'), bulks([])]);
    const { pattern, count } = scanOptions(args, false);
    const { members, next } = page(entry, value.members, cursor, count);
    const shown = members.filter((member) => pattern === undefined || globMatches(pattern, member));
    return array([bulk(String(next)), bulks(shown.flatMap((member) => value.show(member)))]);
  };
}

const hscan = scanInside(({ db }, key) => {
  const fields = db.get('hash', key)?.fields;
  return fields && { members: fields.keys(), show: (field) => [field, fields.get(field) as string] };
});

const sscan = scanInside(({ db }, key) => {
  const value = db.get('set', key);
  const numeric = value !== undefined && encodingOf(value) === 'intset';
  const members = numeric ? [...value.members].sort((a, b) => Number(BigInt(a) - BigInt(b))) : value?.members;
  return members && { members, show: (member) => [member] };
});

/** Scores are text here, in both protocols. */
const zscan = scanInside(({ db }, key) => {
  const scored = db.get('zset', key)?.members;
  if (scored === undefined) return undefined;
  const members = Array.from(scored, ({ member }) => member);
  return { members, show: (member) => [member, formatDouble(scored.get(member) as number)] };
});

/** Commands that walk over keys, fields and members. */
export const scanCommands: Commands = { scan, hscan, sscan, zscan };
