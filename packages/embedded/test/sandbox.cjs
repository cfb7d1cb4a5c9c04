// Runs a program as Jest runs CommonJS: in a context of its own, with modules that are compiled without a way to import().
//   node sandbox.cjs <folder with node_modules> <program>
const { readFileSync } = require('node:fs');
const { isBuiltin } = require('node:module');
const { join } = require('node:path');
const vm = require('node:vm');

const [folder, program] = process.argv.slice(2);
const context = vm.createContext();
context.globalThis = vm.runInContext('globalThis', context);
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (!(name in context.globalThis)) context[name] = globalThis[name];
}
Object.assign(context, { ArrayBuffer, Uint8Array, console });
context.process = Object.create(process, { nextTick: { value: process.nextTick.bind(process), writable: true } });

const loaded = new Map();

function load(name) {
  if (isBuiltin(name)) return require(name);
  if (!name.startsWith('@kv/')) return require(join(folder, 'node_modules', name));
  if (!loaded.has(name)) {
    const module = { exports: {} };
    run(readFileSync(fileOf(name), 'utf8'), module);
    loaded.set(name, module);
  }
  return loaded.get(name).exports;
}

function fileOf(name) {
  try {
    return require.resolve(join(folder, 'node_modules', name));
  } catch (cause) {
    throw new Error(`Cannot find module '${name}' from 'program.cjs'`, { cause });
  }
}

function run(text, module) {
  const parameters = ['module', 'exports', 'require'];
  vm.compileFunction(text, parameters, { parsingContext: context })(module, module.exports, load);
}

run(program, { exports: {} });
