import { expect } from 'vitest';
import {
  latencyDoctor,
  latencyGraph,
  latencyHelp,
  latencyHistogram,
  latencyHistory,
  latencyLatest,
  latencyReset,
} from '../../src/commands/index.ts';
import { type Case, describeRecorded } from '../recorded-replies.ts';

const COMMANDS = new Set([
  'LATENCY DOCTOR',
  'LATENCY GRAPH',
  'LATENCY HELP',
  'LATENCY HISTOGRAM',
  'LATENCY HISTORY',
  'LATENCY LATEST',
  'LATENCY RESET',
]);

/** Help texts differ; all of them explain themselves. */
const HELP: unknown = expect.arrayContaining(['HELP']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'memory-latency-slowlog': [
    [latencyLatest(), []],
    [latencyHistory('command'), []],
    [latencyLatest(), [{ event: 'command', timestamp: 1795239797, latency: 12, max: 12 }]],
    [latencyHistory('command'), [{ timestamp: 1795239797, latency: 12 }]],
    [
      latencyGraph('command'),
      'xxxxxxx x xxxx xx xxx xxx xx xx (xxx xxxx xxxx xx xx)\x0axxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\x0a \x0a \x0a \x0ax\x0a \x0ax\x0ax\x0a',
    ],
    [latencyDoctor(), expect.any(String)],
    [latencyHistogram('set'), new Map([['set', { calls: 1, histogram: new Map([[8, 1]]) }]])],
    [latencyHistogram('nosuch'), new Map([])],
    [latencyReset('command'), 1],
    [latencyReset(), 0],
    [latencyHelp(), HELP],
  ],
};

describeRecorded('latency', COMMANDS, CASES);
