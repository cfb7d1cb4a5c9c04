import { ownPackage } from '../../run/own-packages.ts';
import type { KeyValueClient, OpenOptions } from '../../suite.ts';

/** This repository's client, as built, with its defaults. */
export async function open({ host, port, checkout }: OpenOptions): Promise<KeyValueClient> {
  const { createSsdb } = await ownPackage('ssdb', checkout);
  const ssdb = createSsdb(`ssdb://${host}:${port}`);
  await ssdb.connect();
  return {
    get: (key) => ssdb.get(key),
    set: (key, value) => ssdb.set(key, value),
    close: () => ssdb.close(),
  };
}
