import { startEmbedded } from '@kv/embedded';
import { twoCopies } from '@kv/testkit/two-copies';
import { expect, test } from 'vitest';
import type * as Package from '../src/index.ts';

type Module = typeof Package;

test('raw commands of one copy of the package get the prefix of a client of the other, or are refused', async () => {
  const servers = await startEmbedded({ ssdb: { port: 0 } });
  await using copies = await twoCopies<Module>(new URL('../src/index.ts', import.meta.url));
  try {
    for (const [mine, other] of [
      [copies.esm, copies.cjs],
      [copies.cjs, copies.esm],
    ] as const) {
      await using ssdb = mine.createSsdb(servers.ssdb.url, { keyPrefix: 'app:' });
      const unknown = other.command('newer_command', 'key');
      await expect(ssdb.send(unknown)).rejects.toMatchObject({ code: 'ARGUMENT', outcome: 'notSent' });
      await expect(ssdb.sendAll([unknown])).rejects.toMatchObject({ code: 'ARGUMENT' });
      await expect(ssdb.pipeline().send(unknown)).rejects.toMatchObject({ code: 'ARGUMENT' });
      await ssdb.send(other.command('set', 'a', '1'));
      expect(await ssdb.with({ keyPrefix: '' }).get('app:a')).toBe('1');
    }
  } finally {
    await servers.close();
  }
});
