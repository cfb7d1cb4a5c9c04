import { createRequire } from 'node:module';
import type { KeyValueClient, OpenOptions } from '../../suite.ts';

/** The part of npm's `ssdb` that is used; the package has no types. */
interface NpmSsdb {
  createPool(options: { host: string; port: number; size: number; promisify: true }): {
    acquire(): { get(key: string): Promise<unknown>; set(key: string, value: string): Promise<unknown> };
    destroy(): void;
  };
}

/** npm's `ssdb` with a pool of ten connections, taken round robin; it pipelines on each. */
export function open({ host, port }: OpenOptions): Promise<KeyValueClient> {
  const require = createRequire(import.meta.url);
  const ssdb = require('ssdb') as NpmSsdb;
  const pool = ssdb.createPool({ host, port, size: 10, promisify: true });
  return Promise.resolve({
    get: (key) => pool.acquire().get(key),
    set: (key, value) => pool.acquire().set(key, value),
    close: () => pool.destroy(),
  });
}
