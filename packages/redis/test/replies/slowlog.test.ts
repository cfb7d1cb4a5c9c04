import { expect } from 'vitest';
import { slowlogGet, slowlogHelp, slowlogLen, slowlogReset } from '../../src/commands/index.ts';
import { type Case, describeRecorded } from '../recorded-replies.ts';

const COMMANDS = new Set(['SLOWLOG GET', 'SLOWLOG HELP', 'SLOWLOG LEN', 'SLOWLOG RESET']);

/** Help texts differ; all of them explain themselves. */
const HELP: unknown = expect.arrayContaining(['HELP']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'memory-latency-slowlog': [
    [slowlogLen(), 1],
    [
      slowlogGet(),
      [
        {
          id: expect.any(Number),
          timestamp: 1795239797,
          duration: expect.any(Number),
          args: ['DEBUG', 'SLEEP', '0.012'],
          client: expect.any(String),
          name: '',
        },
      ],
    ],
    [
      slowlogGet(),
      [
        {
          id: expect.any(Number),
          timestamp: 1795239797,
          duration: expect.any(Number),
          args: ['GET', 'k'],
          client: expect.any(String),
          name: '',
        },
        {
          id: expect.any(Number),
          timestamp: 1795239797,
          duration: 6,
          args: ['CONFIG', 'SET', 'slowlog-log-slower-than', '0'],
          client: expect.any(String),
          name: '',
        },
        {
          id: expect.any(Number),
          timestamp: 1795239797,
          duration: expect.any(Number),
          args: ['DEBUG', 'SLEEP', '0.012'],
          client: expect.any(String),
          name: '',
        },
      ],
    ],
    [
      slowlogGet(1),
      [
        {
          id: expect.any(Number),
          timestamp: 1795239797,
          duration: expect.any(Number),
          args: ['GET', 'k'],
          client: expect.any(String),
          name: '',
        },
      ],
    ],
    [
      slowlogGet(-1),
      [
        {
          id: expect.any(Number),
          timestamp: 1795239797,
          duration: expect.any(Number),
          args: ['GET', 'k'],
          client: expect.any(String),
          name: '',
        },
        {
          id: expect.any(Number),
          timestamp: 1795239797,
          duration: 6,
          args: ['CONFIG', 'SET', 'slowlog-log-slower-than', '0'],
          client: expect.any(String),
          name: '',
        },
        {
          id: expect.any(Number),
          timestamp: 1795239797,
          duration: expect.any(Number),
          args: ['DEBUG', 'SLEEP', '0.012'],
          client: expect.any(String),
          name: '',
        },
      ],
    ],
    [slowlogLen(), 3],
    [slowlogReset(), 'OK'],
    [slowlogLen(), 0],
    [slowlogHelp(), HELP],
  ],
};

describeRecorded('slowlog', COMMANDS, CASES);
