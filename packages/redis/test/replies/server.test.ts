import { expect } from 'vitest';
import {
  bgrewriteaof,
  bgsave,
  dbsize,
  flushall,
  flushdb,
  info,
  lastsave,
  lolwut,
  save,
  swapdb,
  time,
} from '../../src/commands/index.ts';
import { type Case, describeRecorded } from '../recorded-replies.ts';

const COMMANDS = new Set([
  'BGREWRITEAOF',
  'BGSAVE',
  'DBSIZE',
  'FLUSHALL',
  'FLUSHDB',
  'INFO',
  'LASTSAVE',
  'LOLWUT',
  'SAVE',
  'SHUTDOWN',
  'SWAPDB',
  'TIME',
]);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'keys-generic': [
    [dbsize(), 7],
    [dbsize(), 1],
    [swapdb(0, 1), 'OK'],
    [dbsize(), 2],
    [swapdb(0, 1), 'OK'],
    [flushdb(), 'OK'],
    [dbsize(), 0],
    [flushdb({ async: true }), 'OK'],
    [flushdb({ sync: true }), 'OK'],
    [flushall({ async: true }), 'OK'],
    [flushall({ sync: true }), 'OK'],
  ],
  tracking: [[flushall(), 'OK']],
  'tracking-redirect': [[flushall(), 'OK']],
  connection: [[time(), { seconds: 1795239791, microseconds: expect.any(Number) }]],
  'server-info': [
    [info(), expect.any(String)],
    [info('server'), expect.any(String)],
    [info('memory', 'clients'), expect.any(String)],
    [info('keyspace'), '# Keyspace\x0d\x0a'],
    [info('keyspace'), '# Keyspace\x0d\x0adb0:keys=1,expires=0,avg_ttl=0\x0d\x0a'],
    [info('nosuch'), ''],
    [time(), { seconds: expect.any(Number), microseconds: expect.any(Number) }],
    [lastsave(), expect.any(Number)],
    [dbsize(), 1],
    [lolwut({ version: 1 }), expect.any(String)],
    [lolwut(), 'xxxxx xxxx xxxxxx\x0a'],
    [save(), 'OK'],
    [bgsave({ schedule: true }), 'Background saving started'],
    [bgrewriteaof(), 'Background append only file rewriting started'],
    [save(), 'OK'],
  ],
  'errors-state': [
    [bgsave(), 'Background saving started'],
    [save(), 'OK'],
  ],
  'errors-loading': [[info('persistence'), expect.any(String)]],
  'pair-replication': [
    [info('replication'), expect.any(String)],
    [info('replication'), expect.any(String)],
  ],
  sentinel: [
    [
      info('sentinel'),
      '# Sentinel\x0d\x0asentinel_masters:1\x0d\x0asentinel_tilt:0\x0d\x0asentinel_tilt_since_seconds:-1\x0d\x0asentinel_running_scripts:0\x0d\x0asentinel_scripts_queue_length:0\x0d\x0asentinel_simulate_failure_flags:0\x0d\x0amaster0:name=mymaster,status=ok,address=127.0.0.1:22002,slaves=1,sentinels=1\x0d\x0a',
    ],
  ],
  'cluster-redirects': [[dbsize(), 1]],
  'cluster-commands': [[info('cluster'), '# Cluster\x0d\x0acluster_enabled:1\x0d\x0a']],
};

describeRecorded('server', COMMANDS, CASES);
