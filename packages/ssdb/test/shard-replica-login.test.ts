import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { startEmbedded } from '@kv/embedded';
import { expect, test } from 'vitest';
import { type ConnectEvent, createSsdb } from '../src/index.ts';

/** Addresses of two embedded servers, of which the second takes these passwords. */
async function servers(passwords: readonly string[]): Promise<AsyncDisposable & { readonly addresses: string[] }> {
  const all = await Promise.all([
    startEmbedded({ ssdb: { port: 0 } }),
    startEmbedded({ ssdb: { port: 0, passwords } }),
  ]);
  return {
    addresses: all.map(({ ssdb }) => `ssdb://127.0.0.1:${ssdb.port}`),
    [Symbol.asyncDispose]: async () => void (await Promise.all(all.map((server) => server.close()))),
  };
}

test('a replica that refuses the login is tried again, told of, and used when it takes the login', async () => {
  const passwords = ['of another time'];
  await using rig = await servers(passwords);
  const [address = '', replica = ''] = rig.addresses;
  const attempts: ConnectEvent[] = [];
  const listener = (event: unknown): void => {
    const attempt = event as ConnectEvent;
    if (replica.endsWith(attempt.address) || attempt.address === replica) attempts.push(attempt);
  };
  subscribe('kv:connect', listener);
  try {
    await using ssdb = createSsdb([{ name: 'a', address, replicas: [replica] }], {
      password: 'secret',
      readFrom: 'preferReplica',
      connections: 1,
      backoff: { min: 1, max: 5 },
    });
    await ssdb.set('k', 'primary');
    for (let i = 0; i < 10; i++) expect(await ssdb.get('k')).toBe('primary');
    await expect.poll(() => attempts.length, { interval: 2 }).toBeGreaterThan(3);
    expect(attempts[0]?.error).toMatchObject({ code: 'REPLY' });
    expect(String(attempts[0]?.error)).not.toContain('secret');
    const [, told] = ssdb.stats().nodes;
    expect(told).toMatchObject({ role: 'replica', ready: false, lastError: { code: 'REPLY' } });
    passwords.splice(0, 1, 'secret');
    await expect.poll(() => ssdb.get('k'), { interval: 2 }).toBe(null);
    expect(ssdb.stats().nodes[1]).toMatchObject({ ready: true, lastError: undefined });
  } finally {
    unsubscribe('kv:connect', listener);
  }
});
