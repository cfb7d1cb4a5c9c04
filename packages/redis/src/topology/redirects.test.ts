import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { clusterVectors } from '../../test/recorded-cluster.ts';
import { parseEndpoint } from './host.ts';
import { parseRedirect } from './redirects.ts';

const { redirects } = clusterVectors;
const from = parseEndpoint(redirects.from) ?? { host: 'unreadable' };

describe('an error reply', () => {
  test.each(redirects.cases)('%j', (text, expected) => {
    const { note: _, ...parsed } = expected ?? {};
    expect(parseRedirect(text, from)).toEqual(expected === null ? undefined : parsed);
  });

  test.each([
    ['TRYAGAIN Multiple keys request during rehashing of slot', 'tryAgain'],
    ['CLUSTERDOWN Hash slot not served', 'clusterDown'],
    ['CLUSTERDOWN The cluster is down', 'clusterDown'],
    ["CROSSSLOT Keys in request don't hash to the same slot", 'crossSlot'],
    ["READONLY You can't write against a read only replica.", 'readOnly'],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'masterDown'],
    ['LOADING Redis is loading the dataset in memory', 'loading'],
    ['UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)', 'unblocked'],
    ['LOADING', 'loading'],
  ])('%s', (text, kind) => {
    expect(parseRedirect(text, from)).toEqual({ kind });
  });

  test.each([
    '',
    'ERR MOVED 3999 127.0.0.1:6381',
    'EXECABORT Transaction discarded because of previous errors.',
    'LOADINGS of data',
    'loading',
    'constructor',
    'MOVED 03999 127.0.0.1:6381',
    'MOVED 03999999 127.0.0.1:6381',
    'MOVED 3999 127.0.0.1:06381',
    'MOVED 3999 127.0.0.1:6381\n',
    'MOVED 3999\u00a0127.0.0.1:6381',
    'MOVED 3999 größe:6381',
    'MOVED 3999 h\u007f:6381',
    'MOVED 3999 :::6381:6381:1:2:3:4:5:6',
    'MOVED 3999 [h]:6381',
    'MOVED 3999 a:b:6381',
    'MOVED 3999 ??:6381',
    'MOVED 3999 h?x:6381',
    'ASK 3999 h#x:6381',
    `MOVED 3999 ${':'.repeat(100_000)}:6381`,
  ])('%j sends no call to another server', (text) => {
    expect(parseRedirect(text, from)).toBeUndefined();
  });
});

it('names only hosts and ports that were in the text, whatever the text is', () => {
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.string());
  const text = fc.tuple(fc.constantFrom('MOVED', 'ASK', 'ASKING'), fc.nat(20_000), host, fc.nat(70_000));
  fc.assert(
    fc.property(text, ([word, slot, named, port]) => {
      const parsed = parseRedirect(`${word} ${slot} ${named}:${port}`, { host: 'asked' });
      if (parsed === undefined || parsed.kind === 'refresh') return;
      expect(parsed).toEqual({ kind: word.toLowerCase(), slot, host: named || 'asked', port });
      expect(slot < 16_384 && port > 0 && port < 65_536 && /^[\w.:-]*$/.test(named)).toBe(true);
    }),
  );
});
