/** The scripts that BullMQ defines, as commands. */
import type { Command, Redis, Script } from '@kv/redis';
import type { IRedisClient } from 'bullmq';
import { toWire } from './commands.ts';

/** Scripts that ask for a job, or end a run of one. */
const RUNS = 'moveToActive moveToFinished moveToDelayed moveToWaitingChildren moveJobFromActiveToWait retryJob';

/** Scripts for a job that runs. */
const UPDATES = 'extendLock extendLocks releaseLock updateProgress updateData saveStacktrace updateJobScheduler';

/**
 * What may run twice: it looks at the lock of the job first, or makes the next job of a scheduler, which has one name. And what
 * asks for a job: one that was given to a lost connection comes back when its lock is over, whether or not another is given.
 */
const REPEATABLE: ReadonlySet<string> = new Set(`${RUNS} ${UPDATES}`.split(' '));

/** What a script is for BullMQ. */
export type ScriptSource = Parameters<IRedisClient['defineCommand']>[1];

/** A script that BullMQ has defined. */
export interface DefinedScript {
  /** Whether it may be sent again when its connection was lost with it on its way. */
  readonly repeatable: boolean;
  /** Makes the command of a call; the script is prepared for the first one. */
  readonly command: (args: readonly unknown[]) => Command<unknown>;
}

/** The scripts of a client, by name. */
export type Scripts = Map<string, DefinedScript>;

/** Defines a script; its name is `name:version`. */
export function defineScript(redis: Redis, name: string, { lua, numberOfKeys }: ScriptSource): DefinedScript {
  let script: Script | undefined;
  const command = (args: readonly unknown[]): Command<unknown> => {
    script ??= redis.script(lua, { keys: numberOfKeys });
    return script.command(...toWire(args));
  };
  return { repeatable: REPEATABLE.has(name.split(':', 1)[0] as string), command };
}

/** Looks up a script. @throws Error when it was not defined */
export function scriptOf(scripts: Scripts, name: string): DefinedScript {
  const script = scripts.get(name);
  if (script === undefined) throw new Error(`${name}: the script was not defined`);
  return script;
}
