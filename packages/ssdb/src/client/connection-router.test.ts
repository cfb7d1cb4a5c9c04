import { type AnyCommand, Command, type Endpoint, spec } from '@kv/core';
import { expect, test } from 'vitest';
import { get, multiGet, multiSet, ping, scan } from '../commands/index.ts';
import { ConnectionRouter } from './connection-router.ts';

const COUNT = 8;

function router(count: number = COUNT): ConnectionRouter {
  return new ConnectionRouter({ host: 'localhost', port: 1 }, count, () => ({}) as Endpoint);
}

const names = Array.from({ length: 200 }, (_, i) => `key ${i}`);

/** Which of the connections a command takes. */
function line(lines: ConnectionRouter, command: AnyCommand): number {
  return lines.endpoints.indexOf(lines.pick(command));
}

test('keys are spread over all connections', () => {
  const lines = router();
  expect(new Set(names.map((name) => line(lines, get(name) as AnyCommand))).size).toBe(COUNT);
});

test('after a loss a request goes where other calls on its key go', () => {
  const lines = router();
  for (const name of names) {
    const command = get(name) as AnyCommand;
    expect(lines.retry({ command } as Parameters<ConnectionRouter['retry']>[0])).toBe(lines.pick(command));
  }
});

test('of several keys the first one decides; without a key it is the first connection', () => {
  const lines = router();
  for (const name of names) {
    const alone = line(lines, get(name) as AnyCommand);
    expect(line(lines, multiGet(name, 'other') as AnyCommand)).toBe(alone);
    expect(line(lines, multiSet(name, 1, 'other', 2) as AnyCommand)).toBe(alone);
  }
  expect(line(lines, ping() as AnyCommand)).toBe(0);
  expect(line(lines, scan('key 1', '', 10) as AnyCommand)).toBe(0);
});

test('own commands may say where their keys are', () => {
  const lines = router();
  const second = spec('own', 0, () => [1]);
  for (const name of names) {
    const own = new Command(second, ['not a key', name], () => undefined) as AnyCommand;
    expect(line(lines, own)).toBe(line(lines, get(name) as AnyCommand));
  }
});

test('one connection takes all', () => {
  const lines = router(1);
  for (const name of names) expect(line(lines, get(name) as AnyCommand)).toBe(0);
});
