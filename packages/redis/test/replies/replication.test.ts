import { expect } from 'vitest';
import { replicaof, role, slaveof, wait, waitaof } from '../../src/commands/index.ts';
import { type Case, describeRecorded } from '../recorded-replies.ts';

const COMMANDS = new Set(['FAILOVER', 'REPLICAOF', 'ROLE', 'SLAVEOF', 'WAIT', 'WAITAOF']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'server-info': [
    [role(), { role: 'master', offset: 0, replicas: [] }],
    [replicaof('no one'), 'OK'],
    [slaveof('no one'), 'OK'],
    [wait(0, 10), 0],
    [wait(1, 20), 0],
    [waitaof(0, 0, 10), { local: 0, replicas: 0 }],
  ],
  'errors-state': [
    [replicaof({ host: '127.0.0.1', port: 1 }), 'OK'],
    [role(), { role: 'slave', host: '127.0.0.1', port: 1, state: 'connect', offset: -1 }],
    [replicaof({ host: '127.0.0.1', port: 1 }), 'OK'],
    [replicaof('no one'), 'OK'],
  ],
  'pair-replication': [
    [
      role(),
      {
        role: 'master',
        offset: expect.any(Number),
        replicas: [{ host: '127.0.0.1', port: 22003, offset: expect.any(Number) }],
      },
    ],
    [wait(1, 500), 1],
    [wait(5, 50), 1],
    [role(), { role: 'slave', host: '127.0.0.1', port: 22002, state: 'connected', offset: expect.any(Number) }],
    [waitaof(0, 1, 50), { local: 0, replicas: 0 }],
    [replicaof({ host: '127.0.0.1', port: 22002 }), 'OK'],
  ],
  sentinel: [[role(), { role: 'sentinel', masters: ['mymaster'] }]],
};

describeRecorded('replication', COMMANDS, CASES);
