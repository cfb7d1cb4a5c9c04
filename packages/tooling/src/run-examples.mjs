// Runs every example, each in a process of its own; all of them even when one failed. Needs a build. Plain Node.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import process from 'node:process';
import { root } from './install.mjs';

const minute = 60_000;
const files = readdirSync(`${root}/examples`).filter((name) => /\.(mjs|ts)$/.test(name));
const fromSource = ['--import', 'tsx', '--conditions=@kv/source'];

let failed = 0;
for (const file of files.sort()) {
  const args = [...(file.endsWith('.ts') ? fromSource : []), `examples/${file}`];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: minute,
  });
  if (status === 0) continue;
  failed += 1;
  console.log(`${stdout}${stderr}\nexamples/${file} ended with ${signal ?? status}`);
}
console.log(`${files.length - failed} of ${files.length} examples ran to their end`);
process.exitCode = failed > 0 ? 1 : 0;
