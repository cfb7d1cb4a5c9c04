import { ownPackage } from '../../run/own-packages.ts';
import type { KeyValueClient, OpenOptions } from '../../suite.ts';

/** This repository's client, as built, with as many connections as calls in flight. */
export function open(options: OpenOptions): Promise<KeyValueClient> {
  return connected(options, options.depth);
}

/** The same with its default of ten connections. */
export function openDefault(options: OpenOptions): Promise<KeyValueClient> {
  return connected(options, undefined);
}

async function connected({ host, port, checkout }: OpenOptions, maxSize: number | undefined): Promise<KeyValueClient> {
  const { createGibson } = await ownPackage('gibson', checkout);
  const gibson = createGibson({ host, port }, { maxSize });
  await gibson.connect();
  return {
    get: (key) => gibson.get(key),
    set: (key, value) => gibson.set(key, value),
    close: () => gibson.close(),
  };
}
