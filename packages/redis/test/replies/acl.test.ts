import { expect } from 'vitest';
import {
  aclCat,
  aclDeluser,
  aclDryrun,
  aclGenpass,
  aclGetuser,
  aclHelp,
  aclList,
  aclLog,
  aclSetuser,
  aclUsers,
  aclWhoami,
} from '../../src/commands/index.ts';
import { type Case, describeRecorded, inAnyOrder } from '../recorded-replies.ts';

const COMMANDS = new Set([
  'ACL CAT',
  'ACL DELUSER',
  'ACL DRYRUN',
  'ACL GENPASS',
  'ACL GETUSER',
  'ACL HELP',
  'ACL LIST',
  'ACL LOAD',
  'ACL LOG',
  'ACL SAVE',
  'ACL SETUSER',
  'ACL USERS',
  'ACL WHOAMI',
]);

/** One entry of the log; newer servers have more fields. */
function refusal(reason: string, object: string): unknown {
  return expect.objectContaining({
    count: 1,
    reason,
    context: 'toplevel',
    object,
    username: 'bob',
    ageSeconds: expect.any(Number),
    clientInfo: expect.stringContaining('user=bob'),
  });
}

/** Help texts differ; all of them explain themselves. */
const HELP: unknown = expect.arrayContaining(['HELP']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  acl: [
    [aclWhoami(), 'default'],
    [aclUsers(), ['default']],
    [aclList(), [expect.any(String)]],
    [
      aclCat(),
      [
        'keyspace',
        'read',
        'write',
        'set',
        'sortedset',
        'list',
        'hash',
        'string',
        'bitmap',
        'hyperloglog',
        'geo',
        'stream',
        'pubsub',
        'admin',
        'fast',
        'slow',
        'blocking',
        'dangerous',
        'connection',
        'transaction',
        'scripting',
      ],
    ],
    [aclCat('hyperloglog'), inAnyOrder('pfadd', 'pfcount', 'pfmerge', 'pfselftest', 'pfdebug')],
    [aclSetuser('bob', 'on', '>pw', '~app:*', '&news.*', '+@read', '-@all', '+get', '+set|bad'), 'OK'],
    [aclSetuser('bob', 'on', '>pw', '~app:*', '&news.*', '-@all', '+get', '+ping', '+acl|whoami'), 'OK'],
    [
      aclGetuser('bob'),
      {
        flags: expect.any(Array),
        passwords: ['30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4'],
        commands: expect.any(String),
        keys: '~app:*',
        channels: '&news.*',
        selectors: [],
      },
    ],
    [aclGetuser('nobody'), null],
    [
      aclGetuser('default'),
      { flags: expect.any(Array), passwords: [], commands: '+@all', keys: '~*', channels: '&*', selectors: [] },
    ],
    [
      aclSetuser('sel', 'on', 'nopass', '%R~r:*', '%W~w:*', 'resetchannels', '-@all', '+@string', '(+hget', '~h:*)'),
      'OK',
    ],
    [
      aclGetuser('sel'),
      {
        flags: expect.any(Array),
        passwords: [],
        commands: '-@all +@string',
        keys: '%R~r:* %W~w:*',
        channels: '',
        selectors: [{ commands: '-@all +hget', keys: '~h:*', channels: '' }],
      },
    ],
    [aclList(), [expect.any(String), expect.any(String), expect.any(String)]],
    [aclUsers(), ['bob', 'default', 'sel']],
    [aclDryrun('bob', 'get', 'app:1'), 'OK'],
    [aclDryrun('bob', 'get', 'other'), expect.any(String)],
    [aclDryrun('bob', 'set', 'app:1', 'v'), expect.any(String)],
    [aclWhoami(), 'bob'],
    [
      aclLog(),
      [refusal('command', 'config|get'), refusal('auth', 'AUTH'), refusal('command', 'set'), refusal('key', 'other')],
    ],
    [aclLog(1), [refusal('command', 'config|get')]],
    [aclLog('reset'), 'OK'],
    [aclLog(), []],
    [aclDeluser('bob', 'sel', 'nobody'), 2],
    [aclGenpass(), expect.any(String)],
    [aclGenpass(5), expect.any(String)],
    [aclHelp(), HELP],
  ],
  'null-kinds': [[aclGetuser('none'), null]],
};

describeRecorded('acl', COMMANDS, CASES);
