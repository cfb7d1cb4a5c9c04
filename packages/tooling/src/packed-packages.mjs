// The published packages as tarballs, as `npm publish` would send them. Plain Node. Needs a build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root } from './install.mjs';

/** Folder and manifest of every package that is published. */
export function publicPackages() {
  return readdirSync(join(root, 'packages'))
    .map((short) => join(root, 'packages', short))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => !manifest.private);
}

/** The libraries that adapters are for: peers that others publish, needed for their code or only for their types. */
export function targets({ peerDependencies = {} }) {
  return Object.keys(peerDependencies).filter((name) => !name.startsWith('@kv/'));
}

/** Packs all of them into a folder, or those that are named. Each answer has the name, the path of the tarball, and the files in it. */
export function packAll(folder, packages = publicPackages()) {
  const folders = packages.map((one) => one.folder);
  const output = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...folders], root);
  const packed = Object.values(JSON.parse(output)); // an array, or from npm 12 on an object by name
  return packed.map(({ name, filename, files }) => ({
    name,
    tarball: join(folder, filename),
    files: files.map(({ path }) => path),
  }));
}

/** The `dependencies` of a project that installs the tarballs. */
export function tarballDependencies(packed) {
  return Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
}

/** Runs npm in a folder and gives what it printed; throws with all its output when it fails. */
export function npm(args, cwd, timeout = 120_000) {
  const path = process.env.npm_execpath; // the npm that runs this script: no shell, works on Windows too
  const [file, before] = path ? [process.execPath, [path]] : ['npm', []];
  const { status, error, stdout, stderr } = spawnSync(file, [...before, ...args], { cwd, encoding: 'utf8', timeout });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ${args[0]}:\n${stdout}${stderr}`);
  return stdout;
}
