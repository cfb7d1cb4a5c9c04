import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectEmbedded, type Embedded, startEmbedded } from '../src/index.ts';
import { RawClient } from './raw-client.ts';

const PING = Buffer.from('020000001300', 'hex');
const PONG = '0500000100000000';
let embedded: Embedded | undefined;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kv-'));
});
afterEach(async () => {
  await embedded?.close();
  await rm(folder, { recursive: true });
});

async function ping(client: RawClient): Promise<string> {
  client.write(PING);
  return (await client.read(8)).toString('hex');
}

describe('startEmbedded', () => {
  test('listens on a free port and says which', async () => {
    embedded = await startEmbedded({ gibson: { port: 0 } });
    const { gibson } = embedded;
    if (gibson?.port === undefined) throw new Error('no port');
    expect(gibson.url).toBe(`gibson://127.0.0.1:${gibson.port}`);
    expect(gibson.address).toEqual({ host: '127.0.0.1', port: gibson.port });
    expect(await ping(await RawClient.open(gibson.address))).toBe(PONG);
  });

  test('listens on a unix socket', async () => {
    const path = join(folder, 's');
    embedded = await startEmbedded({ gibson: { path } });
    expect(embedded.gibson).toMatchObject({ path, url: `gibson+unix://${path}`, address: { path } });
    expect(await ping(await RawClient.open({ path }))).toBe(PONG);
    await embedded.close();
  });

  test('takes over the unix socket of a process that is gone', async () => {
    const path = join(folder, 's');
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', script]), 'exit');
    expect((await lstat(path)).isSocket()).toBe(true);
    embedded = await startEmbedded({ gibson: { path } });
    expect(await ping(await RawClient.open({ path }))).toBe(PONG);
  });

  test('leaves the unix socket of somebody who listens, and a file that is no socket', async () => {
    const path = join(folder, 's');
    embedded = await startEmbedded({ gibson: { path } });
    await expect(startEmbedded({ gibson: { path } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(await ping(await RawClient.open({ path }))).toBe(PONG);
    const file = join(folder, 'f');
    await writeFile(file, 'mine');
    await expect(startEmbedded({ gibson: { path: file } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  test('needs no socket at all, and its url is good for this process', async () => {
    embedded = await startEmbedded({ gibson: true });
    const { gibson } = embedded;
    if (gibson === undefined) throw new Error('not started');
    expect([gibson.port, gibson.path]).toEqual([undefined, undefined]);
    expect(await ping(await RawClient.open(gibson.address))).toBe(PONG);
    const name = gibson.url.replace('embedded:', '');
    expect(await ping(await RawClient.open(connectEmbedded('gibson', name)))).toBe(PONG);
  });

  test('starts only what was asked for', async () => {
    embedded = await startEmbedded({});
    expect(embedded.gibson).toBeUndefined();
  });

  test('rejects when a port is taken, and leaves nothing behind', async () => {
    embedded = await startEmbedded({ gibson: { port: 0 } });
    const port = embedded.gibson?.port ?? 0;
    await expect(startEmbedded({ gibson: { port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe.each([{ port: 0 }, {}])('close, started with %j', (options) => {
  test('drops the clients and refuses new ones', async () => {
    embedded = await startEmbedded({ gibson: options });
    if (embedded.gibson === undefined) throw new Error('not started');
    const client = await RawClient.open(embedded.gibson.address);
    await ping(client);
    await Promise.all([embedded.close(), embedded.close()]);
    await client.readToEnd();
    await expect(RawClient.open(embedded.gibson.address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('connectEmbedded', () => {
  const set = Buffer.from('080000000100302061206263', 'hex'); // SET 0 a bc
  const get = Buffer.from('03000000030061', 'hex');

  test('is private without a name and shared with one', async () => {
    const first = await RawClient.open(connectEmbedded('gibson', 'shared'));
    first.write(set);
    await first.read(9);
    const second = await RawClient.open(connectEmbedded('gibson', 'shared'));
    second.write(get);
    expect((await second.read(9)).toString('latin1').endsWith('bc')).toBe(true);
    const alone = await RawClient.open(connectEmbedded('gibson'));
    alone.write(get);
    expect((await alone.read(8)).toString('hex')).toBe('0100000100000000');
  });
});
