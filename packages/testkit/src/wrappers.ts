/** What tracing and mocking tools put around an object: it is used instead of it. */
export const wrappers: readonly (readonly [name: string, wrap: <T extends object>(object: T) => T])[] = [
  ['a Proxy', (object) => new Proxy(object, {})],
  ['Object.create', (object) => Object.create(object)],
];

/** Everything that an iterable gives. */
export async function listOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of source) list.push(one);
  return list;
}
