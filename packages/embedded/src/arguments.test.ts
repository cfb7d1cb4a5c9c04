import { expect, test } from 'vitest';
import { parseArguments } from './arguments.ts';

test('without words: all servers on their usual ports', () => {
  expect(parseArguments([])).toEqual({
    action: 'serve',
    servers: { redis: { port: 6379 }, ssdb: { port: 8888 }, gibson: { port: 10128 } },
  });
});

test('named servers only, on a port, a path, or where they usually are', () => {
  const words = ['--redis', '0', '--ssdb=/tmp/s.sock', '--gibson', '--host', '::1'];
  expect(parseArguments(words)).toEqual({
    action: 'serve',
    servers: { redis: { port: 0, host: '::1' }, ssdb: { path: '/tmp/s.sock' }, gibson: { port: 10128, host: '::1' } },
  });
});

test.each([
  [['--mysql'], 'unknown argument --mysql'],
  [['redis'], 'unknown argument redis'],
  [['--host'], 'unknown argument --host'],
  [['--redis', '70000'], 'not a port or a path: 70000'],
  [['--redis', 'x'], 'not a port or a path: x'],
])('%j is refused', (words, message) => expect(() => parseArguments(words)).toThrow(message));

test('help and version come first', () => {
  expect(parseArguments(['--redis', '1', '--help'])).toEqual({ action: 'help' });
  expect(parseArguments(['-v'])).toEqual({ action: 'version' });
});
