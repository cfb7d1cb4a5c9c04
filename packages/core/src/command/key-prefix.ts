/** Parts of a key prefix, for the backends, which know where their keys are. */
import { type Arg, Command } from './command.ts';

/** One argument out of two: what stands before a key, and the key. */
export function joinArgs(head: Arg, tail: Arg): Arg {
  if (typeof head === 'string' && typeof tail === 'string') return head + tail;
  const [first, second] = [bytesOf(head), bytesOf(tail)];
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

function bytesOf(arg: Arg): Uint8Array {
  return typeof arg === 'string' ? new TextEncoder().encode(arg) : arg;
}

/** The same command with other arguments, and with another transform where its reply has to be changed as well. */
export function withArgs<T, V>(
  { spec, flags, blockMs, bytes, reply }: Command<T, V>,
  args: readonly Arg[],
  transform: Command<T, V>['reply'] = reply,
): Command<T, V> {
  return new Command(spec, args, transform, flags, blockMs, bytes);
}
