import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setPublishedForm } from '../../../esbuild.base.ts';

const repository = new URL('../../..', import.meta.url).pathname;
const sandbox = new URL('sandbox.cjs', import.meta.url).pathname;

/** Packages as they are installed: all of them; without the servers; with servers that fail; without what runs scripts. */
const folders = { complete: '', alone: '', broken: '', scriptless: '' };

beforeAll(async () => {
  for (const name of ['complete', 'alone', 'broken', 'scriptless'] as const) {
    folders[name] = await mkdtemp(join(tmpdir(), `kv-commonjs-${name}-`));
    for (const client of ['redis', 'ssdb', 'gibson']) await install(folders[name], client);
  }
  await install(folders.complete, 'embedded');
  await install(folders.scriptless, 'embedded');
  const interpreter = 'node_modules/wasmoon-lua5.1';
  await symlink(join(repository, interpreter), join(folders.complete, interpreter));
  await install(folders.broken, 'embedded', "throw new Error('no room for servers');");
});
afterAll(() => Promise.all(Object.values(folders).map((folder) => rm(folder, { recursive: true, force: true }))));

/** Puts the CommonJS build of a package into a folder, or other text in its place. */
async function install(folder: string, name: string, text?: string): Promise<void> {
  const home = join(folder, 'node_modules/@kv', name);
  await mkdir(home, { recursive: true });
  const outfile = join(home, 'index.js');
  if (text === undefined) await buildPackage(name, outfile);
  else await writeFile(outfile, text);
}

async function buildPackage(name: string, outfile: string): Promise<void> {
  const options: BuildOptions = {
    entryPoints: [join(repository, 'packages', name, 'src/index.ts')],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    conditions: ['@kv/source'],
    logLevel: 'silent',
  };
  setPublishedForm(options, 'cjs');
  await build(options);
}

/** What a program prints that runs as Jest runs CommonJS. */
async function run(program: string, folder: string = folders.complete): Promise<string> {
  const text = `(async () => {${program}})().catch((error) => console.log(error.code + ': ' + error.message));`;
  const { stdout } = await promisify(execFile)(process.execPath, [sandbox, folder, text], { timeout: 30_000 });
  return stdout.trim();
}

describe('the CommonJS builds, where import() is not possible', () => {
  test.each(['Redis', 'Ssdb', 'Gibson'])('create%s starts the server of an embedded: address', async (name) => {
    const program = `
      const { create${name} } = require('@kv/${name.toLowerCase()}');
      const client = create${name}('embedded:');
      await client.set('k', 'v');
      console.log(await client.get('k'));
      await client.close();`;
    expect(await run(program)).toBe('v');
  });

  const get = "await require('@kv/redis').createRedis('embedded:', { timeout: 5000 }).get('k');";

  test('say that the package is missing only when it is', async () => {
    expect(await run(get, folders.alone)).toContain('address: embedded: needs the package @kv/embedded');
    expect(await run(get, folders.broken)).toContain('@kv/embedded could not be loaded: no room for servers');
  });

  const script = `
    const redis = require('@kv/redis').createRedis('embedded:');
    console.log(await redis.execute('EVAL', 'return cjson.encode({1, ARGV[1]})', '0', 'x'));
    await redis.close();`;

  test('run scripts, or say which package does when it is not there', async () => {
    expect(await run(script)).toBe('[1,"x"]');
    expect(await run(script, folders.scriptless)).toContain(
      'scripts: the package wasmoon-lua5.1, which runs them, is not installed; npm install --save-dev wasmoon-lua5.1',
    );
  });

  test('reach a server that the program itself has started', async () => {
    const program = `
      const servers = await require('@kv/embedded').startEmbedded({ redis: true });
      const redis = require('@kv/redis').createRedis(servers.redis.url);
      await redis.set('k', 'v', { ex: 60 });
      servers.advance(60_000);
      console.log(await redis.get('k'));
      await redis.close();
      await servers.close();`;
    expect(await run(program)).toBe('null');
  });
});

/** Stands for fake timers that are never advanced; they keep what they replaced as those of Vitest and Jest do. */
const FREEZE = `
  function freeze(names) {
    const clock = {};
    const hold = (target, name, fake) => {
      clock['_' + name] = target[name];
      target[name] = Object.assign(fake, { clock });
    };
    for (const name of names) {
      if (name === 'Date') hold(globalThis, name, class extends Date { static now() { return 0; } });
      else if (name === 'performance') hold(globalThis, name, { now: () => 0 });
      else if (name === 'nextTick') hold(process, name, () => {});
      else hold(globalThis, name, () => ({ ref() {}, unref() {} }));
    }
    return () => {
      for (const name of names) (name === 'nextTick' ? process : globalThis)[name] = clock['_' + name];
    };
  }
`;

const sets: readonly (readonly string[])[] = [
  ['nextTick', 'queueMicrotask'],
  ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'Date', 'performance'],
  ['nextTick', 'queueMicrotask', 'setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'Date', 'performance'],
];

describe.each(sets.map((names) => [names.join(', '), names] as const))('with frozen %s', (_, names) => {
  const frozen = `${FREEZE} const thaw = freeze(${JSON.stringify(names)});`;

  test.each(['Redis', 'Ssdb', 'Gibson'])('from the start, create%s answers', async (name) => {
    const program = `
      ${frozen}
      const client = require('@kv/${name.toLowerCase()}').create${name}('embedded:');
      await client.set('k', 'v');
      console.log(await client.get('k'));
      await client.close();`;
    expect(await run(program)).toBe('v');
  });

  test.each(['Redis', 'Ssdb', 'Gibson'])('on an open connection and off again, create%s answers', async (name) => {
    const program = `
      const client = require('@kv/${name.toLowerCase()}').create${name}('embedded:');
      await client.set('k', 'v');
      ${frozen}
      const meanwhile = await client.get('k');
      const last = client.get('k');
      thaw();
      console.log(meanwhile, await last, await client.get('k'));
      await client.close();`;
    expect(await run(program)).toBe('v v v');
  });
});
