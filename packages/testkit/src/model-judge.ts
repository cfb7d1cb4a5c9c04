import { type Entry, words } from './model-entry.ts';
import { judgeLists } from './model-lists.ts';
import { keysOf, storedUnder } from './model-plan.ts';

type State = ReadonlyMap<string, string | null>;

/**
 * What the client said against what the server has:
 * - everything settled in time, and with an ending that it may have;
 * - a read returned what belongs to its key, and not nothing when the write was acknowledged before;
 * - an acknowledged write is there, one that was not sent is not;
 * - acknowledged increments ≤ counter ≤ acknowledged and unknown ones; they returned different numbers, none above it;
 * - of a transaction all keys are there or none, and as acknowledged;
 * - elements of lists are popped once or left, see {@link judgeLists};
 * - with calm connections a slow command ended well, a pop is not in doubt, and no call was lost.
 */
export function judge(entries: readonly Entry[], state: State, calm = false): string[] {
  const violations: string[] = [];
  const writes = new Map<number, Entry>();
  for (const entry of entries) if (entry.operation.kind === 'write') writes.set(entry.operation.id, entry);
  for (const entry of entries) {
    if (entry.ending === undefined || entry.late === true) violations.push(words(entry));
    else violations.push(...judgeOne(entry, writes, state), ...(calm ? judgeCalm(entry) : []));
  }
  return [...violations, ...judgeCounters(entries, state), ...judgeLists(entries, state)];
}

function judgeOne(entry: Entry, writes: ReadonlyMap<number, Entry>, state: State): string[] {
  const { operation } = entry;
  switch (operation.kind) {
    case 'read':
      return judgeRead(entry, writes.get(operation.id));
    case 'write':
    case 'transaction':
      return judgeStored(entry, operation.size, state);
    default:
      return [];
  }
}

function judgeCalm(entry: Entry): string[] {
  const { operation, ending, hurried, calm } = entry;
  if (operation.kind === 'write' && operation.id < 0) return []; // the recovery cuts all connections
  const isLost = ending !== undefined && 'code' in ending && ending.code === 'CONNECTION';
  const isInDoubt = operation.kind === 'pop' && ending?.how === 'unknown' && calm === true; // the server has a second to tell
  const isWrong = isLost || isInDoubt || (operation.kind === 'slow' && ending?.how !== 'done');
  return isWrong && hurried !== true ? [`${words(entry)}, undisturbed`] : [];
}

function judgeStored(entry: Entry, size: number, state: State): string[] {
  const keys = keysOf(entry.operation);
  const present = keys.filter((key) => state.get(key) !== null);
  const wrong = present.filter((key) => state.get(key) !== storedUnder(key, size));
  if (wrong.length > 0) return [`${words(entry)}, but ${wrong.join(', ')} holds another value`];
  if (present.length > 0 && present.length < keys.length)
    return [`${words(entry)}, but only ${present.join(', ')} is there`];
  const there = present.length > 0;
  if (entry.ending?.how === 'done' && !there) return [`${words(entry)}, but it is lost`];
  const never = entry.ending?.how === 'notSent' || entry.ending?.how === 'refused';
  return never && there ? [`${words(entry)}, but it is there`] : [];
}

function judgeRead(entry: Entry, write: Entry | undefined): string[] {
  if (entry.ending?.how !== 'done') return [];
  const { value } = entry.ending;
  if (value === null || value === undefined) {
    const before = write?.ending?.how === 'done' && (write.ended ?? Number.POSITIVE_INFINITY) < entry.began;
    return before ? [`${words(entry)}, but the write was acknowledged before`] : [];
  }
  if (write?.operation.kind !== 'write') return [`${words(entry)}, but nobody wrote that`];
  return value === storedUnder(`w${write.operation.id}`, write.operation.size)
    ? []
    : [`${words(entry)}: the answer to something else`];
}

/** Each adds one; a script does not say which number it is. */
const COUNTING: ReadonlySet<string> = new Set(['increment', 'script', 'slow', 'session', 'collect']);

function judgeCounters(entries: readonly Entry[], state: State): string[] {
  const violations: string[] = [];
  const increments = entries.filter(({ operation }) => COUNTING.has(operation.kind));
  for (const key of new Set(increments.flatMap(({ operation }) => keysOf(operation)))) {
    const counted = increments.filter(({ operation }) => keysOf(operation)[0] === key);
    const acknowledged = counted.filter(({ ending }) => ending?.how === 'done');
    const unknown = counted.filter(({ ending }) => ending === undefined || ending.how === 'unknown').length;
    const actual = Number(state.get(key) ?? 0);
    if (actual < acknowledged.length || actual > acknowledged.length + unknown) {
      violations.push(`counter ${key} is ${actual}, with ${acknowledged.length} acknowledged and ${unknown} unknown`);
    }
    const returned = acknowledged.flatMap(({ ending }) =>
      ending?.how === 'done' && ending.value !== undefined ? [Number(ending.value)] : [],
    );
    if (new Set(returned).size < returned.length) violations.push(`counter ${key} returned a number twice`);
    const beyond = returned.find((number) => number > actual);
    if (beyond !== undefined) violations.push(`counter ${key} is ${actual}, but returned ${beyond}`);
  }
  return violations;
}
