import { expect, it } from 'vitest';
import { resp2 } from '../replies.ts';
import { loadLua } from './lua-module.ts';
import type { ScriptHost } from './redis-api.ts';
import { Scripts } from './scripts.ts';

it('goes on with a new interpreter after something inside of a script has failed', async () => {
  await loadLua();
  const scripts = new Scripts();
  const run = (host: ScriptHost): string => {
    const { sha, compiled } = scripts.load('return redis.pcall("ping")');
    return scripts.run({ script: compiled, sha, keys: [], args: [], wire: resp2, host, keepsBooleans: () => false });
  };
  const host: ScriptHost = { run: () => '+PONG\r\n', setProtocol: () => {}, checkTime: () => {}, register: () => {} };
  const failing: ScriptHost = { ...host, run: () => (1).toFixed(-1) };
  expect(run(host)).toBe('+PONG\r\n');
  expect(() => run(failing)).toThrow('EVAL: the interpreter failed (toFixed()');
  expect(run(host)).toBe('+PONG\r\n');
});
