/** Everything that an async iterable gives. */
export async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** How a call ended: `'done'`, or the code of its error. */
export async function ending(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
}
