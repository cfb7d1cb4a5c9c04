import { RawClient } from '@kv/testkit/raw-client';
import type { ServerPlace } from '../../suite.ts';
import { keys, value } from '../key-value-workloads.ts';

/** A request, as bytes on the wire. */
export function request(...blocks: readonly string[]): Buffer {
  return Buffer.from(`${blocks.map((block) => `${Buffer.byteLength(block)}\n${block}\n`).join('')}\n`);
}

/** Length of the reply to `get` of a benchmark key. */
export const getReplyLength: number = request('ok', value).length;
/** Length of the reply to `set`. */
export const setReplyLength: number = request('ok', '1').length;

/** Stores what the workloads read. */
export async function prepare(place: ServerPlace): Promise<void> {
  await using socket = await RawClient.dial(place);
  for (const key of keys) {
    socket.write(request('set', key, value));
    await socket.read(setReplyLength);
  }
}

/** The server's version, as it says itself. */
export async function serverVersion(place: ServerPlace): Promise<string> {
  await using socket = await RawClient.dial(place);
  socket.write(request('version'));
  const [, , length] = (await socket.readText('2\nok\n5\n'.length)).split('\n');
  return await socket.readText(Number(length));
}
