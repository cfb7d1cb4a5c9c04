// node with-servers.mjs <program> <arguments…>: runs a program beside three servers, whose addresses it gets as
// KV_REDIS, KV_SSDB and KV_GIBSON, and ends as the program ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { startEmbedded } from '@kv/embedded';

const port = { port: 0 };
const servers = await startEmbedded({ redis: port, ssdb: port, gibson: port });
const [program, ...args] = process.argv.slice(2);
const env = {
  ...process.env,
  KV_REDIS: servers.redis.url,
  KV_SSDB: servers.ssdb.url,
  KV_GIBSON: servers.gibson.url,
};
try {
  const child = spawn(program, args, { stdio: 'inherit', env });
  const [code] = await once(child, 'close'); // rejects when the program could not be started
  process.exitCode = code ?? 1;
} finally {
  await servers.close();
}
