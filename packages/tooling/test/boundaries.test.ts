import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBoundaries } from '../src/check-boundaries.ts';

const packages = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

it('no package of this repository imports what it may not', () => {
  expect(checkBoundaries(packages)).toEqual([]);
});

describe('a planted import is found', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kv-boundaries-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const check = (file: string, text: string): string[] => {
    const path = join(root, 'packages', file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return checkBoundaries(join(root, 'packages')).map(({ at, message }) => `${at} ${message}`);
  };

  it.each([
    ['core/src/a.ts', "import { x } from '@kv/resp-parser';", 'not among the packages'],
    ['core/src/a.ts', "\nimport type { X } from '@kv/redis';", 'not among the packages'],
    ['core/src/a.ts', "import net from 'node:net';", 'only src/transport/socket-transport.ts may use sockets'],
    [
      'core/src/a.ts',
      "import type { TLSSocket } from 'node:tls';",
      'only src/transport/socket-transport.ts may use sockets',
    ],
    ['core/src/a.ts', "import { inspect } from 'util';", 'write node: in front of it'],
    ['resp-parser/src/a.ts', "import { Buffer } from 'node:buffer';", 'without Node'],
    ['resp-parser/src/a.ts', "export * from '@kv/core';", 'not among the packages'],
    ['ssdb-parser/src/a.ts', "type A = import('@kv/core').Arg;", 'not among the packages'],
    ['redis/src/a.ts', "import { x } from '@kv/ssdb-parser';", 'not among the packages'],
    ['redis/src/deep/a.ts', "import { x } from '../../../core/src/pool.ts';", 'leaves the package'],
    ['redis/src/a.test.ts', "import { x } from '../../core/src/pool/pool.ts';", 'leaves the package'],
    ['redis/src/a.ts', "import { startEmbedded } from '@kv/embedded';", 'only import() may load it'],
    ['redis/src/a.ts', "const net = require('node:net');", 'sockets belong to core'],
    ['gibson/src/a.ts', "const m = await import('left-pad');", 'not among the packages'],
    ['embedded/src/a.ts', "import { x } from '@kv/redis';", 'not among the packages'],
    ['embedded/src/a.ts', "import { Decoder } from '@kv/resp-parser';", 'not among the packages'],
  ])('%s: %s', (file, text, reason) => {
    const found = check(file, text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`packages/${file}:${text.startsWith('\n') ? 2 : 1} imports`);
    expect(found[0]).toContain(reason);
  });

  it('and a package without a rule is refused, with all that it imports', () => {
    expect(check('fresh/src/a.ts', "import { x } from '@kv/core'; import './b.ts';")).toEqual([
      'packages/fresh has no rule in check-boundaries.ts',
      'packages/fresh/src/a.ts:1 imports @kv/core: not among the packages it may import',
    ]);
  });

  it.each([
    ['core/src/transport/socket-transport.ts', "import net from 'node:net'; import tls from 'node:tls';"],
    ['core/src/diagnostics.ts', "import { channel } from 'node:diagnostics_channel';"],
    ['redis/src/a.ts', "import { x } from '@kv/core'; import { y } from '@kv/resp-parser';"],
    ['redis/src/a.ts', "const { startEmbedded } = await import('@kv/embedded');"],
    ['redis/src/a.ts', "import type { Embedded } from '@kv/embedded';"],
    ['embedded/src/a.ts', "import net from 'node:net'; import { Deque } from './deque.ts';"],
    ['core/src/a.test.ts', "import { it } from 'vitest'; import net from 'node:net';"],
    ['resp-parser/src/deep/a.ts', "import { x } from '../b.ts'; // import 'node:net'"],
  ])('allowed: %s: %s', (file, text) => {
    expect(check(file, text)).toEqual([]);
  });
});
