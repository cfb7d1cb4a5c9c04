import { encodeCommand } from '@kv/gibson-parser';
import { type MemoryPeer, MemoryServer } from '@kv/testkit';

/** Reply frames as a server sends them. */
export function reply(code: number, encoding: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(7);
  header.writeUInt16LE(code, 0);
  header.writeUInt8(encoding, 2);
  header.writeUInt32LE(data.length, 3);
  return Buffer.concat([header, data]);
}

export const ok: Buffer = reply(5, 0, Buffer.alloc(1));
export const notFound: Buffer = reply(1, 0, Buffer.alloc(1));

export function plain(text: string | Uint8Array): Buffer {
  return reply(6, 0, Buffer.from(text));
}

export function number(value: bigint | number): Buffer {
  const data = Buffer.alloc(8);
  data.writeBigInt64LE(BigInt(value));
  return reply(6, 2, data);
}

export function list(rows: readonly (readonly [string, string])[], count: number = rows.length): Buffer {
  const parts = rows.flatMap(([key, value]) => [
    uint32(key.length),
    Buffer.from(key),
    Buffer.of(0),
    uint32(value.length),
    Buffer.from(value),
  ]);
  return reply(7, 0, Buffer.concat([uint32(count), ...parts]));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** A request frame. */
export function request(name: string, ...args: readonly (string | Uint8Array)[]): Uint8Array {
  return encodeCommand(name, ...args);
}

/** What a client says first on every connection, and the answer of a server that serves it. */
export const greeting: { readonly request: Uint8Array; readonly reply: Uint8Array } = {
  request: request('PING'),
  reply: ok,
};

/** A server that answers each request frame with what `answer` gives for its opcode and payload. */
export function answering(answer: (opcode: number, payload: Buffer) => Uint8Array): MemoryServer {
  return new MemoryServer({
    greeting,
    onConnect: (peer: MemoryPeer) => {
      peer.onData = (bytes) => {
        const view = Buffer.from(bytes);
        for (let at = 0; at < view.length; at += 4 + view.readUInt32LE(at)) {
          peer.send(answer(view.readUInt16LE(at + 4), view.subarray(at + 6, at + 4 + view.readUInt32LE(at))));
        }
      };
    },
  });
}
