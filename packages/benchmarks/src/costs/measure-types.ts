import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../run/child-process.ts';
import { repository } from '../run/versions.ts';
import type { CostClient } from './cost-clients.ts';

const FLAGS = '--noEmit --strict --skipLibCheck --target es2022 --module nodenext --types node --extendedDiagnostics';

/** Seconds and memory that the compiler takes for a small program. */
export async function measureTypes({ program = '', checkout }: CostClient): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'kv-types-'));
  try {
    await symlink(join(checkout ?? repository, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'program.ts'), program);
    const tsc = `${repository}node_modules/typescript/bin/tsc`;
    const { stdout } = await runChild(process.execPath, [tsc, ...FLAGS.split(' '), 'program.ts'], 120, folder);
    return readDiagnostics(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Reads `Memory used: 123456K` and `Total time: 1.23s`. */
export function readDiagnostics(printed: string): Record<string, number> {
  const number = (name: string): number => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(printed)?.[1]);
  return { 'types-time': number('Total time'), 'types-memory': number('Memory used') / 1000 };
}
