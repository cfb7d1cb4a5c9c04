import { refuse } from '../command-error.ts';

/** What the first line of a script says. */
export interface ScriptSource {
  /** The script without that line; its line numbers stay the same. */
  readonly body: string;
  /** Undefined: there is no such line, and the script may do everything. */
  readonly flags: readonly string[] | undefined;
}

/** The flags of scripts and functions, in the order in which they are told. */
export const FLAGS: readonly string[] = [
  'no-writes',
  'allow-oom',
  'allow-stale',
  'no-cluster',
  'allow-cross-slot-keys',
];

/** Reads the line that begins with `#!`, if there is one. */
export function readSource(text: string): ScriptSource {
  if (!text.startsWith('#!')) return { body: text, flags: undefined };
  const end = text.indexOf('\n');
  if (end < 0) return refuse('Invalid script shebang');
  const [engine = '', ...options] = text.slice(0, end).trimEnd().split(' ').filter(Boolean);
  if (engine !== '#!lua') refuse(`Unexpected engine in script shebang: ${engine}`);
  return { body: text.slice(end), flags: options.flatMap(flagsOf) };
}

function flagsOf(option: string): string[] {
  if (!option.startsWith('flags=')) return refuse(`Unknown lua shebang option: ${option}`);
  const flags = option.slice('flags='.length).split(',').filter(Boolean);
  const unknown = flags.find((flag) => !FLAGS.includes(flag));
  return unknown === undefined ? flags : refuse(`Unexpected flag in script shebang: ${unknown}`);
}
