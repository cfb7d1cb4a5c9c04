import { expect } from 'vitest';
import { auth, echo, hello, ping, select } from '../../src/commands/index.ts';
import { type Case, describeRecorded } from '../recorded-replies.ts';

const COMMANDS = new Set(['AUTH', 'ECHO', 'HELLO', 'PING', 'SELECT']);

/** Scenario → its calls in order, each with what it resolves to. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  'keys-generic': [
    [select(1), 'OK'],
    [select(0), 'OK'],
  ],
  'pubsub-basic': [
    [ping(), 'PONG'],
    [ping('hey'), 'hey'],
  ],
  'pubsub-same-connection': [[ping(), 'PONG']],
  'client-basic': [
    [ping(), 'PONG'],
    [ping(), 'PONG'],
  ],
  connection: [
    [ping(), 'PONG'],
    [ping('msg'), 'msg'],
    [echo('hello'), 'hello'],
    [echo(''), ''],
    [select(0), 'OK'],
    [
      hello(2),
      {
        server: 'redis',
        version: '7.0.15',
        proto: 2,
        id: expect.any(Number),
        mode: 'standalone',
        role: 'master',
        modules: [],
      },
    ],
    [
      hello(3),
      {
        server: 'redis',
        version: '7.0.15',
        proto: 3,
        id: expect.any(Number),
        mode: 'standalone',
        role: 'master',
        modules: [],
      },
    ],
    [
      hello(),
      {
        server: 'redis',
        version: '7.0.15',
        proto: 3,
        id: expect.any(Number),
        mode: 'standalone',
        role: 'master',
        modules: [],
      },
    ],
    [
      hello(3, { setname: 'bob' }),
      {
        server: 'redis',
        version: '7.0.15',
        proto: 3,
        id: expect.any(Number),
        mode: 'standalone',
        role: 'master',
        modules: [],
      },
    ],
    [
      hello(2, { setname: 'al' }),
      {
        server: 'redis',
        version: '7.0.15',
        proto: 2,
        id: expect.any(Number),
        mode: 'standalone',
        role: 'master',
        modules: [],
      },
    ],
    [
      hello(3, { auth: { username: 'default', password: 'anything' } }),
      {
        server: 'redis',
        version: '7.0.15',
        proto: 3,
        id: expect.any(Number),
        mode: 'standalone',
        role: 'master',
        modules: [],
      },
    ],
  ],
  auth: [
    [
      hello(3, { auth: { username: 'default', password: 'sekret' }, setname: 'z' }),
      {
        server: 'redis',
        version: '7.0.15',
        proto: 3,
        id: expect.any(Number),
        mode: 'standalone',
        role: 'master',
        modules: [],
      },
    ],
    [auth('sekret'), 'OK'],
    [auth('default', 'sekret'), 'OK'],
  ],
  'auth-none': [[auth('default', 'x'), 'OK']],
  acl: [
    [auth('bob', 'pw'), 'OK'],
    [ping(), 'PONG'],
  ],
  monitor: [[ping(), 'PONG']],
  sentinel: [[ping(), 'PONG']],
  'cluster-redirects': [
    [select(0), 'OK'],
    [ping(), 'PONG'],
  ],
};

describeRecorded('connection', COMMANDS, CASES);
