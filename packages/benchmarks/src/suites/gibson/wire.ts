import { RawClient } from '@kv/testkit/raw-client';
import type { ServerPlace } from '../../suite.ts';
import { keys, value } from '../key-value-workloads.ts';

const replyHead = 7;

/** GET, as bytes on the wire. */
export function getRequest(key: string): Buffer {
  return frame(3, key);
}

/** SET without a time to live. */
export function setRequest(key: string, text: string): Buffer {
  return frame(1, `0 ${key} ${text}`);
}

/** Length of the reply to both: the value comes back. */
export const replyLength: number = replyHead + Buffer.byteLength(value);

/** Stores what the workloads read. */
export async function prepare(place: ServerPlace): Promise<void> {
  await using socket = await RawClient.dial(place);
  for (const key of keys) {
    socket.write(setRequest(key, value));
    await socket.read(replyLength);
  }
}

function frame(opcode: number, payload: string): Buffer {
  const bytes = Buffer.allocUnsafe(6 + Buffer.byteLength(payload));
  bytes.writeUInt32LE(bytes.length - 4, 0);
  bytes.writeUInt16LE(opcode, 4);
  bytes.write(payload, 6);
  return bytes;
}
