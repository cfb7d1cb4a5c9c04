import { expect, it } from 'vitest';
import { resp2 } from '../replies.ts';
import { loadLua } from './lua-module.ts';
import type { ScriptHost } from './redis-api.ts';
import { type Script, Scripts } from './scripts.ts';

const HOST: ScriptHost = { run: () => '+PONG\r\n', setProtocol: () => {}, checkTime: () => {}, register: () => {} };

function run(scripts: Scripts, { sha, compiled }: Script, host: ScriptHost = HOST): string {
  return scripts.run({ script: compiled, sha, keys: [], args: [], wire: resp2, host, keepsBooleans: () => false });
}

it('goes on with a new interpreter after something inside of a script has failed', async () => {
  await loadLua();
  const scripts = new Scripts();
  const ping = (host: ScriptHost): string => run(scripts, scripts.load('return redis.pcall("ping")'), host);
  const failing: ScriptHost = { ...HOST, run: () => (1).toFixed(-1) };
  expect(ping(HOST)).toBe('+PONG\r\n');
  expect(() => ping(failing)).toThrow('EVAL: the interpreter failed (toFixed()');
  expect(ping(HOST)).toBe('+PONG\r\n');
});

it('a script runs also when tens of thousands were loaded before it and none has run', async () => {
  await loadLua();
  const scripts = new Scripts();
  const loaded = Array.from({ length: 30_000 }, (_, n) => scripts.load(`return ${n}`));
  const replies = [0, 10_000, 29_999].map((n) => run(scripts, loaded[n] as Script));
  expect(replies).toEqual([':0\r\n', ':10000\r\n', ':29999\r\n']);
});
