import { encodeCommand } from '@kv/ssdb-parser';
import { MemoryServer } from '@kv/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSsdb, isKvError } from '../src/index.ts';
import { greeting } from './greeting.ts';

/** What the peer answers to one request, and what its caller must then see. */
interface Answer {
  readonly status: string;
  readonly hasText: boolean;
}

const answer: fc.Arbitrary<Answer> = fc.record({
  status: fc.constantFrom('ok', 'not_found', 'error', 'client_error', 'noauth', 'out_of_range', 'fail', 'brand_new'),
  hasText: fc.boolean(),
});

/** The name of the request comes back in value and refusal, so that a reply on the wrong promise is seen. */
function replyTo(id: number, { status, hasText }: Answer): Uint8Array {
  if (status === 'ok') return encodeCommand('ok', `value ${id}`);
  return status === 'not_found' || !hasText ? encodeCommand(status) : encodeCommand(status, `refused ${id}`);
}

function wanted(id: number, { status, hasText }: Answer): unknown {
  if (status === 'ok') return `value ${id}`;
  if (status === 'not_found') return null;
  return { code: 'REPLY', status, message: hasText ? `${status}: refused ${id}` : status, command: 'get' };
}

async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (!isKvError(error)) throw error;
    const { code, message, command } = error;
    return { code, status: (error as { status?: string }).status, message, command };
  }
}

test('refusals of any kind, anywhere in a pipeline of any size, never move an answer to another call', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(answer, { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 200 }),
      async (answers, size) => {
        const server = new MemoryServer({ greeting });
        const ssdb = createSsdb({ connect: server.connect }, { connections: 1, liveness: { idle: 0 } });
        const calls = Promise.all(answers.map((_, id) => outcome(ssdb.get(`key ${id}`))));
        const peer = await server.next();
        await peer.take(Buffer.concat(answers.map((_, id) => encodeCommand('get', `key ${id}`))));
        const replies = Buffer.concat(answers.map((one, id) => replyTo(id, one)));
        for (let at = 0; at < replies.length; at += size) peer.send(replies.subarray(at, at + size));
        expect(await calls).toEqual(answers.map((one, id) => wanted(id, one)));
        await ssdb.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('a batch keeps values and refusals at their positions', async () => {
  const server = new MemoryServer({ greeting });
  const ssdb = createSsdb({ connect: server.connect }, { connections: 1 });
  const p = ssdb.pipeline();
  const first = p.get('a');
  const second = p.incr('b');
  const third = p.exists('c');
  const executed = p.execute();
  const peer = await server.next();
  await peer.take(
    Buffer.concat([encodeCommand('get', 'a'), encodeCommand('incr', 'b', '1'), encodeCommand('exists', 'c')]),
  );
  peer.send(Buffer.concat([encodeCommand('ok', 'x'), encodeCommand('error'), encodeCommand('ok', '1')]));
  const refusal = expect.objectContaining({ name: 'StorageError', status: 'error', command: 'incr' });
  await expect(executed).rejects.toMatchObject({ code: 'BATCH', results: ['x', refusal, true] });
  await expect(first).resolves.toBe('x');
  await expect(second).rejects.toEqual(refusal);
  await expect(third).resolves.toBe(true);
  await ssdb.close();
});

test.each([
  ['noauth', 'authentication required.', 'AuthenticationError'],
  ['error', 'invalid password', 'AuthenticationError'],
  ['error', 'index out of range', 'StorageError'],
  ['error', '', 'StorageError'],
  ['client_error', 'wrong number of arguments', 'CommandError'],
  ['client_error', 'Forbidden Command: set', 'ReadonlyError'],
  ['out_of_range', '', 'KeyRangeError'],
  ['fail', '', 'ReplyError'],
  ['whatever', 'of the future', 'ReplyError'],
])('%s %s is a %s', async (status, text, name) => {
  const server = new MemoryServer({ greeting });
  const ssdb = createSsdb({ connect: server.connect }, { connections: 1 });
  const call = outcomeName(ssdb.set('secret-key', 'secret-value'));
  const peer = await server.next();
  await peer.take(encodeCommand('set', 'secret-key', 'secret-value'));
  peer.send(text === '' ? encodeCommand(status) : encodeCommand(status, text));
  expect(await call).toEqual({ name, hasSecrets: false });
  await ssdb.close();
});

async function outcomeName(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    const { name } = error as Error;
    return { name, hasSecrets: JSON.stringify({ ...(error as object), text: String(error) }).includes('secret') };
  }
}

test('bad bytes end the connection; what was sent is unknown, the next call has a new one', async () => {
  const server = new MemoryServer({ greeting });
  const ssdb = createSsdb({ connect: server.connect }, { connections: 1, retry: 'never' });
  const first = ssdb.get('a');
  const second = ssdb.get('b');
  const peer = await server.next();
  await peer.take(Buffer.concat([encodeCommand('get', 'a'), encodeCommand('get', 'b')]));
  peer.send(Buffer.concat([encodeCommand('ok', '1'), Buffer.from('+OK\r\n')]));
  await expect(first).resolves.toBe('1');
  await expect(second).rejects.toMatchObject({ outcome: 'unknown', command: 'get' });
  const third = ssdb.get('c');
  const fresh = await server.next();
  await fresh.take(encodeCommand('get', 'c'));
  fresh.send(encodeCommand('not_found'));
  await expect(third).resolves.toBeNull();
  await ssdb.close();
});
