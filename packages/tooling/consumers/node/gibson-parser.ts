import { deepStrictEqual } from 'node:assert';
import { encodeCommand, Reader } from '@kv/gibson-parser';

const request: Uint8Array = encodeCommand('GET', 'a');
deepStrictEqual([...request], [3, 0, 0, 0, 3, 0, 97]); // length, opcode, key
const [reply] = new Reader().parse(new Uint8Array([6, 0, 0, 2, 0, 0, 0, 104, 105]));
deepStrictEqual([reply?.code, reply?.value], [6, 'hi']);
