import { deepStrictEqual, ok } from 'node:assert';
import { Decoder, ErrorReply, encodeCommand, encodePipeline, ProtocolError, Reader, type Reply } from '@kv/resp-parser';

const reader = new Reader();
const request: Uint8Array = encodeCommand('GET', 'a');
deepStrictEqual(reader.parse(request), [['GET', 'a']]);
deepStrictEqual(reader.parse(encodePipeline([['PING']], { atomic: true })), [['MULTI'], ['PING'], ['EXEC']]);

const [refusal]: Reply[] = reader.parse(new TextEncoder().encode('-ERR no\r\n'));
ok(refusal instanceof ErrorReply);
ok(Decoder.prototype && ProtocolError.prototype);
