// node with-servers.mjs <program> <arguments…>: runs a program beside three servers, whose addresses it gets as
// KV_REDIS, KV_SSDB and KV_GIBSON, and ends as the program ended.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { startEmbedded } from '@kv/embedded';

const port = { port: 0 };
const { redis, ssdb, gibson, close } = await startEmbedded({ redis: port, ssdb: port, gibson: port }).then((all) => ({
  redis: all.redis.url,
  ssdb: all.ssdb.url,
  gibson: all.gibson.url,
  close: () => all.close(),
}));

const [program, ...args] = process.argv.slice(2);
const env = { ...process.env, KV_REDIS: redis, KV_SSDB: ssdb, KV_GIBSON: gibson };
const child = spawn(program, args, { stdio: 'inherit', env });
child.on('error', (error) => {
  console.error(error);
  process.exitCode = 1;
});
child.on('close', async (code) => {
  process.exitCode = code ?? 1;
  await close();
});
