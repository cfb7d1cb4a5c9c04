import { expect } from 'vitest';
import {
  commandCount,
  commandDocs,
  commandGetkeys,
  commandGetkeysandflags,
  commandHelp,
  commandInfo,
  commandList,
} from '../../src/commands/index.ts';
import { type Case, describeRecorded, inAnyOrder } from '../recorded-replies.ts';

const COMMANDS = new Set([
  'COMMAND',
  'COMMAND COUNT',
  'COMMAND DOCS',
  'COMMAND GETKEYS',
  'COMMAND GETKEYSANDFLAGS',
  'COMMAND HELP',
  'COMMAND INFO',
  'COMMAND LIST',
]);

/** Help texts differ; all of them explain themselves. */
const HELP: unknown = expect.arrayContaining(['HELP']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'command-introspection': [
    [commandCount(), 240],
    [
      commandInfo('get'),
      [
        {
          name: 'get',
          arity: 2,
          flags: ['readonly', 'fast'],
          firstKey: 1,
          lastKey: 1,
          step: 1,
          categories: ['@read', '@string', '@fast'],
          tips: [],
          keySpecs: [
            {
              flags: ['RO', 'access'],
              beginSearch: { type: 'index', spec: { index: 1 } },
              findKeys: { type: 'range', spec: { lastkey: 0, keystep: 1, limit: 0 } },
            },
          ],
          subcommands: [],
        },
      ],
    ],
    [
      commandInfo('get', 'nosuch'),
      [
        {
          name: 'get',
          arity: 2,
          flags: ['readonly', 'fast'],
          firstKey: 1,
          lastKey: 1,
          step: 1,
          categories: ['@read', '@string', '@fast'],
          tips: [],
          keySpecs: [
            {
              flags: ['RO', 'access'],
              beginSearch: { type: 'index', spec: { index: 1 } },
              findKeys: { type: 'range', spec: { lastkey: 0, keystep: 1, limit: 0 } },
            },
          ],
          subcommands: [],
        },
        null,
      ],
    ],
    [
      commandInfo('xgroup|create'),
      [
        {
          name: 'xgroup|create',
          arity: -5,
          flags: ['write', 'denyoom'],
          firstKey: 2,
          lastKey: 2,
          step: 1,
          categories: ['@write', '@stream', '@slow'],
          tips: [],
          keySpecs: [
            {
              flags: ['RW', 'insert'],
              beginSearch: { type: 'index', spec: { index: 2 } },
              findKeys: { type: 'range', spec: { lastkey: 0, keystep: 1, limit: 0 } },
            },
          ],
          subcommands: [],
        },
      ],
    ],
    [commandList(), expect.any(Array)],
    [
      commandList({ pattern: 'xinfo*' }),
      inAnyOrder('xinfo', 'xinfo|groups', 'xinfo|stream', 'xinfo|help', 'xinfo|consumers'),
    ],
    [commandList({ pattern: 'hget*' }), inAnyOrder('hget', 'hgetall')],
    [commandList({ aclcat: 'hyperloglog' }), inAnyOrder('pfadd', 'pfcount', 'pfmerge', 'pfselftest', 'pfdebug')],
    [commandList({ module: 'nosuch' }), []],
    [
      commandDocs('get'),
      new Map([
        [
          'get',
          {
            summary: 'xxx xxx xxxxx xx x xxx',
            since: '1.0.0',
            group: 'string',
            complexity: 'O(1)',
            arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
          },
        ],
      ]),
    ],
    [
      commandDocs('zadd', 'set'),
      new Map([
        [
          'zadd',
          {
            summary: 'xxx xxx xx xxxx xxxxxxx xx x xxxxxx xxxx xx xxxxxx xxx xxxxx xx xx xxxxxxx xxxxxx',
            since: '1.2.0',
            group: 'sorted-set',
            complexity: 'x(xxx(x)) xxx xxxx xxxx xxxxxx xxxxx x xx xxx xxxxxx xx xxxxxxxx xx xxx xxxxxx xxxx',
            history: [
              ['2.4.0', 'xxxxxxx xxxxxxxx xxxxxxxxx'],
              ['3.0.2', 'xxxxx xxx xxxxx xxxxx xxxx xxx xxxxxx xxxxxxxx'],
              ['6.2.0', 'xxxxx xxx xxxx xxx xxxx xxxxxxxx'],
            ],
            arguments: [
              { name: 'key', type: 'key', keySpecIndex: 0 },
              {
                name: 'condition',
                type: 'oneof',
                since: '3.0.2',
                flags: ['optional'],
                arguments: [
                  { name: 'nx', type: 'pure-token', token: 'NX' },
                  { name: 'xx', type: 'pure-token', token: 'XX' },
                ],
              },
              {
                name: 'comparison',
                type: 'oneof',
                since: '6.2.0',
                flags: ['optional'],
                arguments: [
                  { name: 'gt', type: 'pure-token', token: 'GT' },
                  { name: 'lt', type: 'pure-token', token: 'LT' },
                ],
              },
              { name: 'change', type: 'pure-token', token: 'CH', since: '3.0.2', flags: ['optional'] },
              { name: 'increment', type: 'pure-token', token: 'INCR', since: '3.0.2', flags: ['optional'] },
              {
                name: 'score_member',
                type: 'block',
                flags: ['multiple'],
                arguments: [
                  { name: 'score', type: 'double' },
                  { name: 'member', type: 'string' },
                ],
              },
            ],
          },
        ],
        [
          'set',
          {
            summary: 'xxx xxx xxxxxx xxxxx xx x xxx',
            since: '1.0.0',
            group: 'string',
            complexity: 'O(1)',
            history: [
              ['2.6.12', 'xxxxx xxx xxxxx xxxxx xxxx xxx xxxx xxxxxxxx'],
              ['6.0.0', 'xxxxx xxx xxxxxxxxx xxxxxxx'],
              ['6.2.0', 'xxxxx xxx xxxxxx xxxxxx xxx xxxxxx xxxxxxx'],
              ['7.0.0', 'xxxxxxx xxx xxxx xxx xxxxx xxxxxxx xx xx xxxx xxxxxxxxx'],
            ],
            arguments: [
              { name: 'key', type: 'key', keySpecIndex: 0 },
              { name: 'value', type: 'string' },
              {
                name: 'condition',
                type: 'oneof',
                since: '2.6.12',
                flags: ['optional'],
                arguments: [
                  { name: 'nx', type: 'pure-token', token: 'NX' },
                  { name: 'xx', type: 'pure-token', token: 'XX' },
                ],
              },
              { name: 'get', type: 'pure-token', token: 'GET', since: '6.2.0', flags: ['optional'] },
              {
                name: 'expiration',
                type: 'oneof',
                flags: ['optional'],
                arguments: [
                  { name: 'seconds', type: 'integer', token: 'EX', since: '2.6.12' },
                  { name: 'milliseconds', type: 'integer', token: 'PX', since: '2.6.12' },
                  { name: 'unix-time-seconds', type: 'unix-time', token: 'EXAT', since: '6.2.0' },
                  { name: 'unix-time-milliseconds', type: 'unix-time', token: 'PXAT', since: '6.2.0' },
                  { name: 'keepttl', type: 'pure-token', token: 'KEEPTTL', since: '6.0.0' },
                ],
              },
            ],
          },
        ],
      ]),
    ],
    [commandDocs('object'), expect.any(Map)],
    [commandDocs('nosuch'), new Map([])],
    [commandGetkeys('SET', 'k', 'v'), ['k']],
    [commandGetkeys('ZUNION', '2', 'a', 'b', 'WITHSCORES'), ['a', 'b']],
    [commandGetkeys('EVAL', 'return 1', '2', 'a', 'b', 'c'), ['a', 'b']],
    [commandGetkeys('SORT', 'a', 'STORE', 'b'), ['a', 'b']],
    [commandGetkeysandflags('SET', 'k', 'v'), [{ key: 'k', flags: ['OW', 'update'] }]],
    [
      commandGetkeysandflags('LMOVE', 'a', 'b', 'LEFT', 'RIGHT'),
      [
        { key: 'a', flags: ['RW', 'access', 'delete'] },
        { key: 'b', flags: ['RW', 'insert'] },
      ],
    ],
    [
      commandGetkeysandflags('XREAD', 'STREAMS', 's', 't', '0', '0'),
      [
        { key: 's', flags: ['RO', 'access'] },
        { key: 't', flags: ['RO', 'access'] },
      ],
    ],
    [commandHelp(), HELP],
  ],
  'cluster-commands': [[commandGetkeys('MSET', '{b}1', 'a', '{b}2', 'c'), ['{b}1', '{b}2']]],
  'null-kinds': [[commandInfo('none'), [null]]],
};

describeRecorded('command-info', COMMANDS, CASES);
