import { migrate } from '../../src/commands/index.ts';
import { type Case, describeRecorded } from '../recorded-replies.ts';

const COMMANDS = new Set(['MIGRATE']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'keys-dump-restore': [
    [migrate('127.0.0.1', 22002, 'k', 0, 1000), 'OK'],
    [migrate('127.0.0.1', 22002, 'nope', 0, 1000), 'NOKEY'],
    [migrate('127.0.0.1', 22002, ['r1', 'r2'], 0, 1000, { copy: true, replace: true }), 'OK'],
  ],
};

describeRecorded('migrate', COMMANDS, CASES);
