import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type Embedded, type EmbeddedAddress, startEmbedded } from '../src/index.ts';
import { RawClient, turns } from './raw-client.ts';

interface Probe {
  readonly request: Buffer;
  readonly reply: Buffer;
  /** Bytes that look like the start of a request, to reach deeper than noise does. */
  readonly lures: readonly string[];
}

const probes = {
  redis: {
    request: Buffer.from('*1\r\n$4\r\nPING\r\n'),
    reply: Buffer.from('+PONG\r\n'),
    lures: [
      '*2\r\n',
      '$3\r\nGET\r\n',
      '$1\r\nk\r\n',
      '*1000000\r\n',
      '*-1\r\n',
      'GET "a\r\n',
      'MULTI\r\n',
      'BLPOP k 0\r\n',
      'SUBSCRIBE c\r\n',
      'HELLO 3\r\n',
      'MONITOR\r\n',
    ],
  },
  ssdb: {
    request: Buffer.from('4\nping\n\n'),
    reply: Buffer.from('2\nok\n\n'),
    lures: [
      '3\nset\n',
      '1\nk\n',
      '\n',
      '\r\n',
      '9999999999\n',
      '*2\r\n',
      '$3\r\nget\r\n',
      '4\ndump\n\n',
      '7\nsync140\n\n',
    ],
  },
  gibson: {
    request: Buffer.from('020000001300', 'hex'),
    reply: Buffer.from('0500000100000000', 'hex'),
    lures: [
      '\x0b\0\0\0\x01\x000 s value',
      '\x03\0\0\0\x03\0s',
      '\x03\0\0\0\x15\0s',
      '\xff\xff\xff\x7f',
      '\x02\0\0\0\xff\0',
    ],
  },
} as const satisfies Record<string, Probe>;

let embedded: Embedded | undefined;
afterEach(() => embedded?.close());

describe.each(Object.entries(probes))('garbage sent to %s', (name, probe) => {
  test.each(['in memory', 'on a TCP port'])('harms its own connection only, %s', async (where) => {
    embedded = await startEmbedded({ [name]: where === 'in memory' ? true : { port: 0 } });
    const address = embedded[name as keyof typeof probes]?.address as EmbeddedAddress;
    const witness = await RawClient.open(address);
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(...probe.lures).map((lure) => Buffer.from(lure, 'latin1')),
      fc.constant(probe.request),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 8 }), fc.boolean(), async (pieces, ends) => {
        const vandal = await RawClient.open(address);
        for (const bytes of pieces) vandal.write(bytes);
        await turns(2);
        if (ends) vandal.end();
        witness.write(probe.request);
        expect(await witness.read(probe.reply.length)).toEqual(probe.reply);
        vandal.destroy();
      }),
      { numRuns: 150 },
    );
  });
});
