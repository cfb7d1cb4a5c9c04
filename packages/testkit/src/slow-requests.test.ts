import { expect, onTestFinished, test } from 'vitest';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';
import { RawClient } from './raw-client.ts';
import { scriptedServer } from './scripted-server.ts';
import { SlowRequests } from './slow-requests.ts';

/** A server that echoes what it gets, behind a proxy. */
async function echoing(busy: 'connection' | 'server'): Promise<{ proxy: FaultProxy; slow: SlowRequests }> {
  const server = await scriptedServer(async (peer) => {
    while (!peer.over)
      await peer.reply(await peer.expect((bytes) => (bytes.length > 0 || peer.over ? bytes.length : undefined)));
    peer.end();
  });
  const slow = new SlowRequests(busy);
  const proxy = await faultProxy(server, { slow });
  onTestFinished(async () => {
    await proxy.close();
    await server.close().catch(() => undefined); // its script sees the connections break
  });
  return { proxy, slow };
}

async function dial(proxy: FaultProxy): Promise<RawClient> {
  const client = await RawClient.dial(proxy);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

test.each(['connection', 'server'] as const)(
  'what came before a slow request is answered meanwhile; busy: %s',
  async (busy) => {
    const { proxy, slow } = await echoing(busy);
    const [first, other] = [await dial(proxy), await dial(proxy)];
    first.write('before slow-80.behind');
    expect(await first.readText(7)).toBe('before ');
    other.write('other');
    const answers: string[] = [];
    const note = (text: string): void => void answers.push(text);
    await Promise.all([first.readText(14).then(note), other.readText(5).then(note)]);
    expect(answers).toEqual(
      busy === 'server' ? expect.arrayContaining(['slow-80.behind', 'other']) : ['other', 'slow-80.behind'],
    );
    expect(slow.count).toBe(1);
  },
);
