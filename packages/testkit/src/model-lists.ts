import { type Entry, words } from './model-entry.ts';
import { elementOf, keysOf } from './model-plan.ts';

/**
 * What became of the elements of lists: each is there once or was popped once, one that was acknowledged is not lost
 * unless a pop may have taken it whose end is unknown, and one that was not sent is nowhere. `state` has what is left of
 * a list, separated by commas.
 */
export function judgeLists(entries: readonly Entry[], state: ReadonlyMap<string, string | null>): string[] {
  const used = entries.filter(({ operation: { kind } }) => kind === 'push' || kind === 'pop');
  return [...new Set(used.map(keyOf))].flatMap((key) => {
    const its = used.filter((entry) => keyOf(entry) === key);
    return judgeList(key, its, state.get(key) ?? '');
  });
}

function keyOf({ operation }: Entry): string {
  return keysOf(operation)[0] ?? '';
}

function judgeList(key: string, entries: readonly Entry[], left: string): string[] {
  const popped = entries.flatMap((entry) => (isPop(entry) ? poppedBy(entry) : []));
  const found = [...popped, ...left.split(',').filter((element) => element !== '')];
  const pushes = new Map(entries.flatMap((entry) => (isPop(entry) ? [] : [[pushedBy(entry), entry]])));
  return [
    ...found.filter((element, i) => found.indexOf(element) < i).map((twice) => `list ${key} gave ${twice} twice`),
    ...found.flatMap((element) => judgeFound(key, element, pushes.get(element))),
    ...judgeMissing(key, entries, new Set(found)),
  ];
}

function judgeFound(key: string, element: string, push: Entry | undefined): string[] {
  if (push === undefined) return [`list ${key} gave ${element}, but it was not pushed`];
  const never = push.ending?.how === 'notSent' || push.ending?.how === 'refused';
  return never ? [`${words(push)}, but it was in the list`] : [];
}

function judgeMissing(key: string, entries: readonly Entry[], found: ReadonlySet<string>): string[] {
  const missing = entries.filter(
    (entry) => !isPop(entry) && entry.ending?.how === 'done' && !found.has(pushedBy(entry)),
  );
  const doubtful = entries.filter((entry) => isPop(entry) && (entry.ending?.how ?? 'unknown') === 'unknown').length;
  const names = missing.map(pushedBy).join();
  return missing.length > doubtful ? [`list ${key} lost ${names}, with ${doubtful} pops whose end is unknown`] : [];
}

function isPop({ operation }: Entry): boolean {
  return operation.kind === 'pop';
}

function pushedBy({ operation }: Entry): string {
  return operation.kind === 'push' ? elementOf(operation.id) : '';
}

function poppedBy({ ending }: Entry): string[] {
  return ending?.how === 'done' && typeof ending.value === 'string' ? [ending.value] : [];
}
