import { deepStrictEqual } from 'node:assert';
import { encodeCommand, Reader } from '@kv/ssdb-parser';

const request: Uint8Array = encodeCommand('get', 'a');
deepStrictEqual(new TextDecoder().decode(request), '3\nget\n1\na\n\n');
const [reply] = new Reader().parse(new TextEncoder().encode('2\nok\n1\n1\n\n'));
deepStrictEqual(reply?.status, 'ok');
deepStrictEqual(reply?.body, ['1']);
