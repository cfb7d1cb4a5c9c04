import { createGibson } from '@kv/gibson';
import type { KeyValueClient, OpenOptions } from '../../suite.ts';

/** This repository's client, as built, with as many connections as calls in flight. */
export function open({ host, port, depth }: OpenOptions): Promise<KeyValueClient> {
  return connected({ host, port }, depth);
}

/** The same with its default of ten connections. */
export function openDefault({ host, port }: OpenOptions): Promise<KeyValueClient> {
  return connected({ host, port }, undefined);
}

async function connected(
  address: { host: string; port: number },
  maxSize: number | undefined,
): Promise<KeyValueClient> {
  const gibson = createGibson(address, { maxSize });
  await gibson.connect();
  return {
    get: (key) => gibson.get(key),
    set: (key, value) => gibson.set(key, value),
    close: () => gibson.close(),
  };
}
