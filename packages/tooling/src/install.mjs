// Installs the dependencies when they are not there or do not fit package-lock.json. Plain Node, no dependencies.
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from './run.mjs';

/** Folder of the repository, without a slash at its end. */
export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');

/** Runs `npm ci` in the repository, unless what is installed fits the lock file already. */
export function installIfNeeded() {
  const reason = whyIncomplete(root);
  if (reason) runNpm(`installing: ${reason}`, ['ci']);
}

/** Runs npm with the given arguments; ends this process with npm's status when it fails. */
export function runNpm(title, args, options = {}) {
  const npm = process.env.npm_execpath; // the npm that runs this script: no shell, works on Windows too
  run(title, ...(npm ? [process.execPath, [npm, ...args]] : ['npm', args]), { cwd: root, ...options });
}

/**
 * Says why the installed packages do not fit the lock file; undefined when they do. npm writes
 * node_modules/.package-lock.json last, so an interrupted install is not taken for a finished one. The entries are
 * compared, not the times of the files: a checkout touches the lock without changing it.
 */
export function whyIncomplete(folder) {
  const installedFile = `${folder}/node_modules/.package-lock.json`;
  if (!existsSync(installedFile)) return 'nothing installed yet';
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(`${folder}/package-lock.json`, 'utf8')).packages;
  for (const [path, { optional, devOptional, version }] of Object.entries(wanted)) {
    if (!path.includes('node_modules/') || optional || devOptional) continue;
    if (!installed[path]) return `${path} is missing`;
    if (installed[path].version !== version) return `${path} is ${installed[path].version}, the lock says ${version}`;
  }
  return undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) installIfNeeded();
