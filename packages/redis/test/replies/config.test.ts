import { expect } from 'vitest';
import { configGet, configHelp, configResetstat, configSet } from '../../src/commands/index.ts';
import { type Case, describeRecorded, plainRecord } from '../recorded-replies.ts';

const COMMANDS = new Set(['CONFIG GET', 'CONFIG HELP', 'CONFIG RESETSTAT', 'CONFIG REWRITE', 'CONFIG SET']);

/** Help texts differ; all of them explain themselves. */
const HELP: unknown = expect.arrayContaining(['HELP']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  config: [
    [configGet('maxmemory'), plainRecord({ maxmemory: '0' })],
    [
      configGet('maxmemory*'),
      plainRecord({
        'maxmemory-clients': '0',
        'maxmemory-samples': '5',
        'maxmemory-eviction-tenacity': '10',
        maxmemory: '0',
        'maxmemory-policy': 'noeviction',
      }),
    ],
    [configGet('nosuch'), plainRecord({})],
    [configGet('maxmemory', 'timeout'), plainRecord({ timeout: '0', maxmemory: '0' })],
    [configSet('timeout', '100'), 'OK'],
    [configSet('timeout', '0', 'maxclients', '10000'), 'OK'],
    [configResetstat(), 'OK'],
    [configHelp(), HELP],
  ],
  'memory-latency-slowlog': [
    [configSet('slowlog-log-slower-than', '0'), 'OK'],
    [configSet('slowlog-log-slower-than', '-1'), 'OK'],
  ],
  'errors-state': [
    [configSet('maxmemory', '0'), 'OK'],
    [configSet('min-replicas-to-write', '1'), 'OK'],
    [configSet('min-replicas-to-write', '0'), 'OK'],
    [configSet('save', '3600 1000000', 'dbfilename', 'isdir'), 'OK'],
    [configSet('save', '', 'dbfilename', 'dump.rdb'), 'OK'],
    [configSet('replica-serve-stale-data', 'no'), 'OK'],
  ],
  'errors-protocol': [[configGet('MaxMemory'), plainRecord({ MaxMemory: '0' })]],
};

describeRecorded('config', COMMANDS, CASES);
