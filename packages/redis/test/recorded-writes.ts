/** A plain TCP transport that keeps what the client writes, write by write. */
import { connect as connectTcp } from 'node:net';
import type { Connect } from '@kv/core';

/** An address for `createRedis`, and what was written to it. */
export interface RecordedWrites {
  readonly address: { readonly connect: Connect };
  /** Of each connection, in order: its writes, as latin1. */
  readonly connections: readonly string[][];
}

/** Dials 127.0.0.1 and records. */
export function recordedWrites(port: number): RecordedWrites {
  const connections: string[][] = [];
  const connect: Connect = (_address, on, signal) =>
    new Promise((resolve, reject) => {
      const socket = connectTcp(port, '127.0.0.1');
      const writes: string[] = [];
      connections.push(writes);
      signal.addEventListener('abort', () => socket.destroy(), { once: true });
      socket.on('error', reject);
      socket.on('data', (bytes: Uint8Array) => on.data(bytes));
      socket.on('drain', () => on.drain());
      socket.on('close', () => on.close());
      socket.on('connect', () =>
        resolve({
          write: (chunks) => {
            const joined = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string)));
            writes.push(joined.toString('latin1'));
            return socket.write(joined);
          },
          pause: () => socket.pause(),
          resume: () => socket.resume(),
          end: () => socket.destroySoon(),
          destroy: () => socket.destroy(),
        }),
      );
    });
  return { address: { connect }, connections };
}
