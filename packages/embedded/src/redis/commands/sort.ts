import { Deque } from '../../deque.ts';
import { byBytes } from '../../sorted-list.ts';
import { arg, type Commands, type Context, type Run } from '../command.ts';
import { refuse, syntaxError, wrongType } from '../command-error.ts';
import { numberOf, parseDouble } from '../numbers.ts';
import { array, bulk, integer } from '../replies.ts';
import { inOrder } from './set.ts';

interface SortRequest {
  descending: boolean;
  alpha: boolean;
  by: string | undefined;
  limit: readonly [offset: number, count: number];
  readonly get: string[];
  store: string | undefined;
}

function parse(args: readonly string[], readOnly: boolean): SortRequest {
  const request: SortRequest = {
    descending: false,
    alpha: false,
    by: undefined,
    limit: [0, -1],
    get: [],
    store: undefined,
  };
  for (let at = 0; at < args.length; at += 1) {
    const option = arg(args, at).toUpperCase();
    const left = args.length - at - 1;
    if (option === 'ASC' || option === 'DESC') request.descending = option === 'DESC';
    else if (option === 'ALPHA') request.alpha = true;
    else if (option === 'LIMIT' && left >= 2) {
      request.limit = [numberOf(arg(args, at + 1)), numberOf(arg(args, at + 2))];
      at += 2;
    } else if (left >= 1 && (option === 'BY' || option === 'GET' || (option === 'STORE' && !readOnly))) {
      at += 1;
      const value = arg(args, at);
      if (option === 'GET') request.get.push(value);
      else request[option === 'BY' ? 'by' : 'store'] = value;
    } else syntaxError();
  }
  return request;
}

function elements({ db }: Context, key: string): string[] {
  const value = db.entry(key)?.value;
  switch (value?.type) {
    case undefined:
      return [];
    case 'list':
      return value.items.slice();
    case 'set':
      return inOrder(value.members);
    case 'zset':
      value.large = true; // the server gives up the compact form to sort
      return Array.from(value.members, ({ member }) => member);
    default:
      return wrongType();
  }
}

/** What a pattern says about an element: `#` itself, `w_*` a string, `u*->name` a field of a hash. */
function lookUp({ db }: Context, pattern: string, element: string): string | undefined {
  if (pattern === '#') return element;
  const star = pattern.indexOf('*');
  if (star < 0) return undefined;
  const arrow = pattern.indexOf('->', star + 1);
  const hasField = arrow >= 0 && arrow + 2 < pattern.length;
  const keyPattern = hasField ? pattern.slice(0, arrow) : pattern;
  const value = db.entry(keyPattern.slice(0, star) + element + keyPattern.slice(star + 1))?.value;
  if (hasField) return value?.type === 'hash' ? value.fields.get(pattern.slice(arrow + 2)) : undefined;
  return value?.type === 'string' ? value.text : undefined;
}

function score(text: string | undefined): number {
  return text === undefined || text === ''
    ? 0
    : (parseDouble(text) ?? refuse("One or more scores can't be converted into double"));
}

/** Sorting by a pattern without a star is no sorting at all. */
function sorted(context: Context, items: string[], { by, alpha, descending }: SortRequest): string[] {
  if (by !== undefined && !by.includes('*')) return items;
  const weight = (item: string): string | undefined => (by === undefined ? item : lookUp(context, by, item));
  const weighted = items.map((item) => ({ item, text: weight(item) ?? '', value: alpha ? 0 : score(weight(item)) }));
  const compare = (a: (typeof weighted)[0], b: (typeof weighted)[0]): number => {
    const order = alpha ? byBytes(a.text, b.text) : a.value - b.value;
    return order === 0 ? byBytes(a.item, b.item) : order;
  };
  return weighted.sort((a, b) => (descending ? compare(b, a) : compare(a, b))).map(({ item }) => item);
}

function sort(readOnly: boolean): Run {
  return (context, [key = '', ...args]) => {
    const { db, wire } = context;
    const request = parse(args, readOnly);
    const all = elements(context, key);
    const unsortedZset = request.by !== undefined && !request.by.includes('*') && db.entry(key)?.value.type === 'zset';
    const ordered = unsortedZset && request.descending ? all.reverse() : sorted(context, all, request);
    const [offset, count] = [Math.max(0, request.limit[0]), request.limit[1]];
    const shown = ordered.slice(offset, count < 0 ? undefined : offset + count);
    const patterns = request.get.length > 0 ? request.get : ['#'];
    const values = shown.flatMap((item) => patterns.map((pattern) => lookUp(context, pattern, item)));
    if (request.store === undefined)
      return array(values.map((value) => (value === undefined ? wire.nil : bulk(value))));
    const items = new Deque<string>();
    items.replace(values.map((value) => value ?? ''));
    if (values.length === 0) db.delete(request.store);
    else db.put(request.store, { type: 'list', items }, 'l', 'sortstore');
    return integer(values.length);
  };
}

/** SORT and its form that only reads. */
export const sortCommands: Commands = { sort: sort(false), sort_ro: sort(true) };
