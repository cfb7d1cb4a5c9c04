/** Clients of one server that a client of several servers gives out. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MemoryServer } from '@kv/testkit/memory-transport';
import { expect, it } from 'vitest';
import { ClosedError } from '../src/errors.ts';
import { Client, type Endpoint, type RouterHost } from '../src/index.ts';
import { lineSetup } from './line-protocol.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** A client whose servers a test adds and takes away. */
function changing(): { readonly client: Client; add(): Endpoint; remove(endpoint: Endpoint): void } {
  const endpoints = new Set<Endpoint>();
  let host: RouterHost | undefined;
  const address = new MemoryServer();
  const client = new Client(lineSetup({ address }), (given) => {
    host = given;
    return {
      get endpoints() {
        return [...endpoints];
      },
      isReady: false,
      submit: () => undefined,
      submitUnit: () => undefined,
      acquire: () => undefined,
      start: () => Promise.resolve(),
    };
  });
  return {
    client,
    add: () => {
      const endpoint = (host as RouterHost).endpoint({ address, addressText: 'memory' });
      endpoints.add(endpoint);
      return endpoint;
    },
    remove: (endpoint) => {
      endpoints.delete(endpoint);
      endpoint.close(new ClosedError('The server has left'));
    },
  };
}

async function isCollected(object: WeakRef<object>): Promise<boolean> {
  for (let i = 0; i < 20 && object.deref() !== undefined; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
  return object.deref() === undefined;
}

it('are the same one for a server, as long as it is used', async () => {
  const { client, add } = changing();
  const endpoint = add();
  expect(client.only(endpoint)).toBe(client.only(endpoint));
  await client.close();
});

it('are not kept when their servers are used no more', async () => {
  const { client, add, remove } = changing();
  const views: WeakRef<object>[] = [];
  for (let i = 0; i < 3; i++) {
    const endpoint = add();
    views.push(new WeakRef(client.only(endpoint)));
    remove(endpoint);
    views.push(new WeakRef(client.only(endpoint))); // asked for afterwards
  }
  expect(await Promise.all(views.map(isCollected))).toEqual(views.map(() => true));
  await client.close();
});

it.each([undefined, 0])(
  'are closed with their client, whether their servers are still used or not: timeout %s',
  async (timeout) => {
    const { client, add, remove } = changing();
    const [used, gone] = [add(), add()];
    const views = [client.only(used), client.only(gone)];
    remove(gone);
    const states: string[][] = views.map((view) => {
      const told: string[] = [];
      view.on('state', ({ to }) => told.push(to));
      return told;
    });
    await client.close({ timeout });
    expect(views.map(({ state }) => state)).toEqual(['closed', 'closed']);
    expect(states[0]).toEqual(['closing', 'closed']);
  },
);
