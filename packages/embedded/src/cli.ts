#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArguments, usage } from './arguments.ts';
import { startEmbedded } from './start.ts';

/** Runs until it is told to stop. */
async function main(words: readonly string[]): Promise<void> {
  const wanted = parseArguments(words);
  if (wanted.action === 'help') return say(usage.trimEnd());
  if (wanted.action === 'version') return say(version());
  const embedded = await startEmbedded(wanted.servers);
  for (const name of ['redis', 'ssdb', 'gibson'] as const) {
    const server = embedded[name];
    if (server !== undefined) say(`${name.padEnd(7)} ${server.url}`);
  }
  say('ready, Ctrl-C to stop');
  await stopSignal();
  await embedded.close();
  say('stopped');
}

/** Ctrl-C, or being asked to end; a second signal ends the process the hard way. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function version(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`kv-embedded: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
