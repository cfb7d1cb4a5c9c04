import { expect } from 'vitest';
import { moduleHelp, moduleList } from '../../src/commands/index.ts';
import { type Case, describeRecorded } from '../recorded-replies.ts';

const COMMANDS = new Set(['MODULE HELP', 'MODULE LIST', 'MODULE LOAD', 'MODULE LOADEX', 'MODULE UNLOAD']);

/** Help texts differ; all of them explain themselves. */
const HELP: unknown = expect.arrayContaining(['HELP']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'server-info': [
    [moduleList(), []],
    [moduleHelp(), HELP],
  ],
};

describeRecorded('module', COMMANDS, CASES);
