import { type AnyCommand, Flag } from '@kv/core';
import { describe, expect, it } from 'vitest';
import {
  aclDeluser,
  aclLog,
  aclSetuser,
  auth,
  bgsave,
  bitcount,
  bitfield,
  bitfieldRo,
  bitop,
  bitpos,
  clientKill,
  clientList,
  clientPause,
  clientSetname,
  clientTracking,
  commandList,
  configSet,
  failover,
  flushall,
  hello,
  info,
  latencyReset,
  moduleLoadex,
  ping,
  replicaof,
  select,
  setbit,
  shutdown,
  slowlogGet,
  wait,
  waitaof,
} from './index.ts';

function line({ spec, args }: AnyCommand): string {
  return [spec.name, ...args].join(' ');
}

describe('command lines', () => {
  it.each([
    [ping(), 'PING'],
    [hello(3, { auth: { username: 'u', password: 'p' }, setname: 'n' }), 'HELLO 3 AUTH u p SETNAME n'],
    [auth('p'), 'AUTH p'],
    [auth('u', 'p'), 'AUTH u p'],
    [
      clientKill({ id: 5, type: 'replica', user: 'u', addr: 'a:1', laddr: 'b:2', maxage: 9, skipme: false }),
      'CLIENT KILL ID 5 TYPE REPLICA USER u ADDR a:1 LADDR b:2 MAXAGE 9 SKIPME NO',
    ],
    [clientList({ id: [1, 2] }), 'CLIENT LIST ID 1 2'],
    [clientList({ id: undefined }), 'CLIENT LIST'],
    [clientPause(100, 'write'), 'CLIENT PAUSE 100 WRITE'],
    [clientTracking(true, { bcast: true, prefix: ['a', 'b'] }), 'CLIENT TRACKING ON BCAST PREFIX a PREFIX b'],
    [clientTracking(true, { redirect: 7, optin: true }), 'CLIENT TRACKING ON REDIRECT 7 OPTIN'],
    [configSet({ a: 1, b: 'x' }), 'CONFIG SET a 1 b x'],
    [commandList({ aclcat: 'read' }), 'COMMAND LIST FILTERBY ACLCAT read'],
    [commandList({ pattern: undefined }), 'COMMAND LIST'],
    [info(), 'INFO'],
    [info('server', ['memory']), 'INFO server memory'],
    [aclSetuser('u'), 'ACL SETUSER u'],
    [aclLog('reset'), 'ACL LOG RESET'],
    [latencyReset([]), 'LATENCY RESET'],
    [moduleLoadex('/m', { config: { a: 1 }, args: ['x', 'y'] }), 'MODULE LOADEX /m CONFIG a 1 ARGS x y'],
    [bgsave({ cancel: true }), 'BGSAVE CANCEL'],
    [flushall({ async: true }), 'FLUSHALL ASYNC'],
    [shutdown({ nosave: true, now: true, force: true }), 'SHUTDOWN NOSAVE NOW FORCE'],
    [shutdown({ abort: true }), 'SHUTDOWN ABORT'],
    [failover({ to: { host: 'h', port: 1 }, force: true, timeout: 5 }), 'FAILOVER TO h 1 FORCE TIMEOUT 5'],
    [replicaof('no one'), 'REPLICAOF NO ONE'],
    [slowlogGet(-1), 'SLOWLOG GET -1'],
  ])('%#', (command, expected) => {
    expect(line(command)).toBe(expected);
  });
});

describe('refused before anything is sent', () => {
  it.each<[() => unknown, string]>([
    [() => hello(undefined, { setname: 'n' }), 'protover: expected 2 or 3'],
    [() => hello(4 as 3), 'protover: expected 2 to 3, got 4'],
    [() => select(-1), 'db: expected at least 0, got -1'],
    [() => clientKill({}), 'filter: expected at least one of'],
    [() => clientKill({ skipme: true }), 'filter: expected at least one of'],
    [() => clientKill({ type: 'slave' as 'replica' }), 'options.type: expected one of'],
    [() => clientList({ type: 'normal', id: 1 } as never), 'options.id: cannot be combined with type'],
    [() => clientTracking(true, { prefix: 'a' }), 'options.prefix: only together with bcast'],
    [() => clientTracking(true, { optin: true, optout: true } as never), 'options.optout: cannot be combined'],
    [() => configSet('a' as never), 'settings: expected an object'],
    [() => commandList({ module: 'm', pattern: 'p' } as never), 'options.pattern: cannot be combined with module'],
    [() => aclDeluser(), 'usernames: expected at least one'],
    [() => shutdown({ abort: true, force: true } as never), 'options.abort: cannot be combined'],
    [() => failover({ force: true }), 'options.force: only together with to and timeout'],
    [() => failover({ abort: true, timeout: 5 } as never), 'options.abort: cannot be combined'],
    [() => replicaof('somewhere' as never), "source: expected { host, port } or 'no one'"],
    [() => slowlogGet(-2), 'count: expected at least -1'],
    [() => bitcount('k', undefined, 5), 'end: only together with start'],
    [() => bitpos('k', 1, 0, undefined, 'bit'), 'unit: only together with start and end'],
    [() => bitpos('k', 2 as 1), 'bit: expected 0 to 1, got 2'],
    [() => setbit('k', -1, 1), 'offset: expected at least 0'],
    [() => bitop('not', 'd', 'a', 'b'), "keys: 'not' takes exactly one"],
    [() => bitop('nand' as 'and', 'd', 'a'), "operation: expected one of 'and'"],
    [() => bitfield('k', [{ op: 'get', encoding: 'u64', offset: 0 }]), 'encoding: expected i1 to i64 or u1 to u63'],
    [() => bitfield('k', [{ op: 'get', encoding: 'u8', offset: '#x' as '#1' }]), 'offset: expected a bit offset or #n'],
    [() => bitfield('k', [null as never]), 'steps: expected objects, got null'],
    [() => hello(3, { auth: null as never }), 'options.auth: expected { username, password }, got null'],
    [() => failover({ to: null as never }), 'options.to: expected { host, port }, got null'],
    [() => bitfieldRo('k', [{ op: 'set', encoding: 'u8', offset: 0, value: 1 } as never]), "steps: only 'get'"],
  ])('%#', (call, message) => {
    expect(call).toThrow(message);
  });
});

describe('what a command does to its connection', () => {
  it('is known', () => {
    const changing = [select(1), auth('p'), hello(3), clientSetname('n'), clientTracking(true)];
    expect(changing.map((command) => command.flags)).toEqual(changing.map(() => Flag.stateful));
  });

  it('says how long it may wait', () => {
    const both = Flag.blocking | Flag.stateful;
    expect([wait(1, 250).blockMs, wait(1, 250).flags]).toEqual([250, both]);
    expect([waitaof(1, 0, 30n).blockMs, waitaof(1, 0, 0).blockMs, waitaof(1, 0, 1).flags]).toEqual([30, 0, both]);
  });
});
