import { expect } from 'vitest';
import {
  fcall,
  fcallRo,
  functionDelete,
  functionDump,
  functionFlush,
  functionHelp,
  functionKill,
  functionList,
  functionLoad,
  functionRestore,
  functionStats,
} from '../../src/commands/index.ts';
import { bytes, type Case, describeRecorded, plainRecord } from '../recorded-replies.ts';

const COMMANDS = new Set([
  'FCALL',
  'FCALL_RO',
  'FUNCTION DELETE',
  'FUNCTION DUMP',
  'FUNCTION FLUSH',
  'FUNCTION HELP',
  'FUNCTION KILL',
  'FUNCTION LIST',
  'FUNCTION LOAD',
  'FUNCTION RESTORE',
  'FUNCTION STATS',
]);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  functions: [
    [
      functionLoad(
        "#!lua name=lib1\nredis.register_function('f1', function(keys, args) return {keys[1], args[1]} end)\nredis.register_function{function_name='ro', callback=function(k,a) return redis.call('GET',k[1]) end, flags={'no-writes'}, description='reads'}",
      ),
      'lib1',
    ],
    [fcall('f1', 'k', 'a'), ['k', 'a']],
    [fcall('ro', 'k'), null],
    [fcallRo('ro', 'k'), null],
    [
      functionList(),
      [
        {
          libraryName: 'lib1',
          engine: 'LUA',
          functions: [
            { name: 'f1', description: null, flags: [] },
            { name: 'ro', description: 'reads', flags: ['no-writes'] },
          ],
        },
      ],
    ],
    [
      functionList({ withcode: true }),
      [
        {
          libraryName: 'lib1',
          engine: 'LUA',
          functions: [
            { name: 'f1', description: null, flags: [] },
            { name: 'ro', description: 'reads', flags: ['no-writes'] },
          ],
          libraryCode:
            "#!lua name=lib1\nredis.register_function('f1', function(keys, args) return {keys[1], args[1]} end)\nredis.register_function{function_name='ro', callback=function(k,a) return redis.call('GET',k[1]) end, flags={'no-writes'}, description='reads'}",
        },
      ],
    ],
    [
      functionList({ libraryname: 'lib*', withcode: true }),
      [
        {
          libraryName: 'lib1',
          engine: 'LUA',
          functions: [
            { name: 'f1', description: null, flags: [] },
            { name: 'ro', description: 'reads', flags: ['no-writes'] },
          ],
          libraryCode:
            "#!lua name=lib1\nredis.register_function('f1', function(keys, args) return {keys[1], args[1]} end)\nredis.register_function{function_name='ro', callback=function(k,a) return redis.call('GET',k[1]) end, flags={'no-writes'}, description='reads'}",
        },
      ],
    ],
    [functionList({ libraryname: 'zzz' }), []],
    [
      functionLoad("#!lua name=lib1\nredis.register_function('f1', function(keys, args) return 1 end)", {
        replace: true,
      }),
      'lib1',
    ],
    [functionStats(), { runningScript: null, engines: plainRecord({ LUA: { librariesCount: 1, functionsCount: 1 } }) }],
    [
      functionList(),
      [{ libraryName: 'lib1', engine: 'LUA', functions: [{ name: 'f1', description: null, flags: [] }] }],
    ],
    [
      functionDump(),
      bytes(
        'f5405023216c7561206e616d653d6c6962310a72656469732e72656769737465725f66756e6374696f6e28276631272c2066756e6374696f6e286b6579732c2061726773292072657475726e203120656e64290a00bab3ffb4060673aa',
      ),
    ],
    [functionDelete('lib1'), 'OK'],
    [
      functionRestore(
        bytes(
          'f5405323216c7561206e616d653d6c6962310a72656469732e72656769737465725f66756e6374696f6e28276631272c2066756e6374696f6e286b6579732c2061726773292072657475726e202768692720656e64290a00f1d7910f91e73c04',
        ),
      ),
      'OK',
    ],
    [
      functionRestore(
        bytes(
          'f5405323216c7561206e616d653d6c6962310a72656469732e72656769737465725f66756e6374696f6e28276631272c2066756e6374696f6e286b6579732c2061726773292072657475726e202768692720656e64290a00f1d7910f91e73c04',
        ),
        'replace',
      ),
      'OK',
    ],
    [fcall('f1'), 'hi'],
    [functionFlush(), 'OK'],
    [functionFlush('async'), 'OK'],
    [functionFlush('sync'), 'OK'],
    [functionList(), []],
    [functionStats(), { runningScript: null, engines: plainRecord({ LUA: { librariesCount: 0, functionsCount: 0 } }) }],
    [functionDump(), bytes('0a005d9b5c400f7fa2da')],
    [functionHelp(), expect.arrayContaining(['HELP'])],
  ],
  'functions-running': [
    [
      functionLoad(
        "#!lua name=slow\nredis.register_function{function_name='spin', callback=function(k,a) while true do end end, flags={'no-writes'}}",
      ),
      'slow',
    ],
    [
      functionStats(),
      {
        runningScript: { name: 'spin', command: ['FCALL', 'spin', '0', 'x'], durationMs: 284 },
        engines: plainRecord({ LUA: { librariesCount: 1, functionsCount: 1 } }),
      },
    ],
    [functionKill(), 'OK'],
  ],
};

describeRecorded('functions', COMMANDS, CASES);
