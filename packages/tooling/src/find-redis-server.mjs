// Sees to a redis-server for the tests, which start it themselves as a child. Plain Node, no dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fail } from './run.mjs';

const onPath = (file) => spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0;

/** Returns when a `redis-server` is on PATH: it is, or apt-get could install it. Else one line, and this process ends. */
export function findRedisServer() {
  if (onPath('redis-server')) return;
  if (process.platform === 'linux' && process.getuid() === 0 && onPath('apt-get')) installWithApt();
  if (onPath('redis-server')) return;
  fail('The tests need redis-server on PATH: apt-get install redis-server, dnf install redis, brew install redis.');
}

function installWithApt() {
  console.log('> installing redis-server with apt-get');
  const install = ['install', '-y', '-q', '--no-install-recommends', 'redis-server'];
  withoutServices(() => {
    if (apt(install)) return;
    apt(['update', '-q']);
    apt(install);
  });
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

/** A package may start its service when it is installed; 101 from this file forbids it (Debian's invoke-rc.d(8)). */
function withoutServices(work) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return work();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    rmSync(policy);
  }
}
