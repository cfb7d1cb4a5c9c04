// Bundles the worker, as a deployment does, and runs its test in workerd.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { build } from 'esbuild';

await build({
  entryPoints: ['worker.mjs'],
  outfile: 'bundle.mjs',
  bundle: true,
  format: 'esm',
  external: ['node:*', '@kv/embedded'],
});

const bindings = ['KV_REDIS', 'KV_SSDB', 'KV_GIBSON'].map(
  (name) => `(name = "${name}", text = "${process.env[name]}")`,
);
writeFileSync(
  'worker.capnp',
  `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["private", "public"])),
  ],
);
const worker :Workerd.Worker = (
  modules = [(name = "bundle.mjs", esModule = embed "bundle.mjs")],
  compatibilityDate = "2026-11-01",
  bindings = [${bindings.join(', ')}],
);
`,
);
const { status } = spawnSync('workerd', ['test', 'worker.capnp'], { stdio: 'inherit' });
process.exitCode = status ?? 1;
