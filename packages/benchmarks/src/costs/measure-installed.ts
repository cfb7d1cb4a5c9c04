import { lstatSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../run/child-process.ts';
import { repository } from '../run/versions.ts';
import { type CostClient, versionOf } from './cost-clients.ts';

/** What `npm install` of a client brings into an empty project: megabytes, and how many packages. */
export async function measureInstalled(client: CostClient): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'kv-installed-'));
  try {
    const dependencies = client.package === '@kv/redis' ? await packed(folder, client) : published(client);
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);
    const list = await npm(['ls', '--all', '--parseable'], folder);
    const packages = new Set(list.split('\n').filter((line) => line.includes('node_modules')));
    return { 'installed-size': sizeOf(join(folder, 'node_modules')) / 1e6, 'installed-packages': packages.size };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function published(client: CostClient): Record<string, string> {
  return { [client.package]: versionOf(client) };
}

/** The packages of this repository as they would be published. */
async function packed(folder: string, { checkout = repository }: CostClient): Promise<Record<string, string>> {
  const names = ['core', 'resp-parser', 'redis'].map((name) => join(checkout, 'packages', name));
  const printed = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...names], checkout);
  const list = Object.values(JSON.parse(printed) as Record<string, { name: string; filename: string }>);
  return Object.fromEntries(list.map(({ name, filename }) => [name, `file:${join(folder, filename)}`]));
}

async function npm(args: readonly string[], cwd: string): Promise<string> {
  return (await runChild('npm', args, 300, cwd)).stdout;
}

/** Bytes of all files; links count as nothing. */
function sizeOf(folder: string): number {
  return (readdirSync(folder, { recursive: true }) as string[])
    .map((name) => lstatSync(join(folder, name)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
}
